"""`manage.py tell_achievements`: one notification for all that a player was given by counting the past."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from apps.user_profile.services import achievement_digests


class Command(BaseCommand):
    """Tell players what they were given in silence; a second time tells nobody."""

    help = (
        "After a rebuild that gave achievements in silence: tell each player of all of them in one "
        "notification. Run again, it tells only what came since."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell them."""
        try:
            told = achievement_digests.tell()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{told:,} players are told of their achievements from before.")
