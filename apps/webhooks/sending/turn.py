"""The two halves of a turn that touch the database: take and write messages, and note what came of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from apps.webhooks.models import Delivery, Outcome
from apps.webhooks.sending.exchange import Reply
from apps.webhooks.services import claims, outbox
from apps.webhooks.services.outbox import Ready
from apps.webhooks.services.results import PACE, Pace, Result, record


@dataclass(frozen=True, slots=True)
class Turn:
    """What to send, and how many deliveries were taken in all."""

    ready: Sequence[Ready]
    taken: int


def take(lease: UUID, *, limit: int, doubtful: bool = True, pace: Pace = PACE) -> Turn:
    """Claim deliveries and write their messages; what needs no sending is settled at once."""
    claimed = claims.claim(lease, limit=limit, doubtful=doubtful)
    if not claimed:
        return Turn([], 0)
    ready, decided = outbox.write(claimed)
    if decided:
        record(decided, lease=lease, pace=pace)
    return Turn(ready, len(claimed))


def result_of(ready: Ready, reply: Reply) -> Result:
    """Return what a reply means for the delivery that was sent."""
    claim = ready.claim
    return Result(
        claim.id, claim.endpoint.pk, ready.message, reply,
        about=ready.about, message_id=ready.message_id, digest=ready.digest,
    )  # fmt: skip


@transaction.atomic
def note(results: Iterable[Result], unsent: Iterable[int], *, lease: UUID, pace: Pace = PACE) -> None:
    """Write down what came back, and give back what did not leave after all."""
    record(results, lease=lease, pace=pace)
    _let_go(held(lease).filter(pk__in=list(unsent)))


def release(lease: UUID) -> int:
    """Give back what this sender took and will not send; return how many deliveries."""
    return _let_go(held(lease))


def held(lease: UUID) -> QuerySet[Delivery]:
    """Return what a sender has and has not brought."""
    return Delivery.objects.filter(lease=lease, outcome=Outcome.WAITING)


def _let_go(deliveries: QuerySet[Delivery]) -> int:
    return deliveries.update(lease=None, leased_until=None)
