"""`manage.py watch`: look at everything, open and resolve incidents, and send e-mail, until told to stop."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from apps.monitoring.services import watch

EVERY_S = 10.0

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Watch until SIGTERM."""

    help = "Check the alerts until SIGTERM; apart from the workers, so that it notices when those are gone."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do a round every few seconds; survive restarts of the database."""
        told = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told.set())
        while not told.is_set():
            try:
                watch.round_(timezone.now())
            except (DatabaseError, InterfaceError) as error:
                logger.warning("the database is away, trying again in %.0f s: %s", EVERY_S, error)
                connection.close()
            told.wait(EVERY_S)
