"""`manage.py events ...`: what operators and developers ask the backbone. Every word takes --json."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.events.cli import again, dead, looking
from apps.events.errors import EventError


class Command(BaseCommand):
    """Ask the backbone, decide about dead letters, replay."""

    help = "The state of the event backbone; dead letters; replays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the words."""
        words = parser.add_subparsers(dest="word", required=True, metavar="WORD")
        for about in (looking, dead, again):
            about.declare(words)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what the word says."""
        try:
            options["act"](self.stdout, options)
        except EventError as error:
            raise CommandError(str(error)) from error
