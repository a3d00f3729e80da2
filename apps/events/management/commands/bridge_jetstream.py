"""`manage.py bridge_jetstream`: publish the stream to NATS JetStream until told to stop."""

import asyncio
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.events.bridge import position
from apps.events.bridge.jetstream import Bridge, run_until_signal
from apps.events.errors import NotOurLog


class Command(BaseCommand):
    """Publish until SIGTERM."""

    help = "Publish all events to NATS JetStream until SIGTERM; a second process waits to take over."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--from", type=int, metavar="POSITION", dest="start", help="publish again from here on"
        )
        parser.add_argument("--status", action="store_true", help="only say how far it has come")

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish, or only look."""
        if options["start"] is not None:
            if options["start"] < 1:
                raise CommandError("--from: positions begin with 1")
            position.rewind(options["start"] - 1)
        if options["status"]:
            now = position.status()
            self.stdout.write(f"position {now.position}, {now.lag} events wait, epoch {now.epoch or 'none'}")
            return
        if not settings.NATS_URL:
            raise CommandError("NATS_URL is not set: nats://host:4222")
        try:
            asyncio.run(run_until_signal(Bridge(settings.NATS_URL)))
        except NotOurLog as error:
            raise CommandError(str(error)) from error
