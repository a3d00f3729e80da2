"""`manage.py deliver_webhooks`: bring webhooks and Discord messages out until told to stop."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand

from apps.webhooks.sending.sender import Sender, run_until_signal


class Command(BaseCommand):
    """Send what waits until SIGTERM."""

    help = "Send webhooks and Discord messages until SIGTERM; run as many as you like."

    def handle(self, *args: Any, **options: Any) -> None:
        """Send."""
        asyncio.run(main())


async def main() -> None:
    """Make the sender inside the loop that it works in."""
    await run_until_signal(Sender())
