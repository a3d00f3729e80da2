"""Bringing everything up to now, for commands that import history: deliver, do what is due, deliver again.

Workers may be running beside it or not: who finds a subscriber busy waits for its turn to end.
"""

import time

from apps.events import registry, schedule, sequencer
from apps.events.delivery import immediate
from apps.events.delivery.drain import Outcome, drain
from apps.events.errors import TryAgain
from apps.events.models import EventLog, EventStream, Subscription

PAUSE_S = 0.02


def catch_up() -> None:
    """Deliver all that was said, do what is due by now, and deliver what was said about that."""
    deliver()
    schedule.work_off()
    deliver()


def deliver() -> None:
    """Stamp and drain until nobody has anything to do; what is parked, paused or newer code's is left."""
    if immediate.applies():
        return
    stored = set(Subscription.objects.values_list("name", flat=True))
    mine = [subscriber for name, subscriber in registry.subscribers.items() if name in stored]
    while True:
        sequencer.stamp()
        stamped = everything_is_stamped()
        outcomes = set()
        for subscriber in mine:
            try:
                outcomes.add(drain(subscriber))
            except TryAgain:
                outcomes.add(Outcome.BUSY)
        if stamped and not outcomes & {Outcome.WORKED, Outcome.BUSY}:
            return
        if Outcome.WORKED not in outcomes:
            time.sleep(PAUSE_S)


def everything_is_stamped() -> bool:
    """Tell whether the newest event has its position: another process may be giving it one."""
    newest = EventLog.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest is None or EventStream.objects.filter(log_id=newest).exists()
