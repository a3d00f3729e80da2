"""`manage.py revoke_achievement USERNAME CODE --reason WHY`: take an achievement from a player, for good."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from apps.user_profile.models import User
from apps.user_profile.services.achievement_service import AchievementService


class Command(BaseCommand):
    """Take an achievement from a player; no event gives it back."""

    help = "Take an achievement from a player, for good; the reason is stored and announced."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("username")
        parser.add_argument("code", help="as in apps/user_profile/achievements.py")
        parser.add_argument("--reason", required=True, help="why, in at most 200 characters")

    def handle(self, *args: Any, username: str, code: str, reason: str, **options: Any) -> None:
        """Revoke it."""
        user = User.objects.named(username).first()
        if user is None:
            raise CommandError(f"There is no player {username!r}.")
        try:
            AchievementService.revoke(user.pk, code, reason)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{user.username} no longer has {code}.")
