"""django-domain-events: a transactional outbox for Django; its relay is woken by NOTIFY."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.management import call_command
from django_domain_events import event, fire, receiver
from django_domain_events.models import DeliveryRecord, EventRecord

from benchmarks.peers import effects
from benchmarks.peers.peer import Peer

BATCH = 500


@event(name="bench.JobDue")
@dataclass(frozen=True, slots=True)
class JobDue:
    """A player's row is another one."""

    number: int


@receiver(JobDue, key="bench.handle")
def handle(event: JobDue) -> None:
    """Write one effect, in the transaction that settles its delivery."""
    effects.handle(event.number)


class OutboxPeer(Peer):
    """Nearest to the backbone: an event log, delivered at least once."""

    name = "django-domain-events"
    log = ("django_domain_events_eventrecord", "django_domain_events_deliveryrecord")

    def install(self) -> None:
        """Its tables came with the migrations."""
        self.purge()

    def enqueue(self, number: int) -> None:
        """Record the event within the transaction."""
        fire(JobDue(number=number))

    def purge(self) -> None:
        """Empty its tables."""
        DeliveryRecord.objects.all().delete()
        EventRecord.objects.all().delete()

    def work(self) -> None:
        """Be its relay."""
        call_command("deliver_events", batch_size=BATCH)
