"""How subscribers stand, by their rows alone: nothing here counts the log."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from apps.events import registry, sequencer
from apps.events.models import Act, DeadLetter, Lane, Subscription
from apps.events.subscriptions import Subscriber

LANES_MAX = 50
ACTS_MAX = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """One subscriber: how far it is behind the head, in positions, and what keeps it."""

    name: str
    behind: int
    position: int
    delivered: int
    retrying: int
    blocked: int
    dead: int
    paused: str
    by_itself: bool
    replay_until: int
    declared: Subscriber | None

    @property
    def is_replaying(self) -> bool:
        """Whether it hears again what it has heard before."""
        return self.position < self.replay_until

    @property
    def left(self) -> int:
        """How many positions the replay has to go."""
        return self.replay_until - self.position


def standings(name: str | None = None) -> list[Standing]:
    """Return all subscribers, or one, by name."""
    dead = DeadLetter.objects.filter(subscription=OuterRef("pk"), resolution="").order_by()
    rows = Subscription.objects.annotate(
        retrying=Count("lanes", filter=Q(lanes__state=Lane.State.RETRY)),
        blocked=Count("lanes", filter=Q(lanes__state=Lane.State.DEAD)),
        letters=Subquery(dead.values("subscription").annotate(count=Count("pk")).values("count")),
    ).order_by("name")
    head = sequencer.head()
    return [_standing(row, head) for row in (rows if name is None else rows.filter(pk=name))]


def _standing(row: Subscription, head: int) -> Standing:
    return Standing(
        name=row.name,
        behind=max(head - row.position, 0),
        position=row.position,
        delivered=row.delivered,
        retrying=row.retrying,  # type: ignore[attr-defined]
        blocked=row.blocked,  # type: ignore[attr-defined]
        dead=row.letters or 0,  # type: ignore[attr-defined]
        paused=row.paused,
        by_itself=row.probe_at is not None,
        replay_until=row.replay_until,
        declared=registry.subscribers.get(row.name),
    )


@dataclass(frozen=True, slots=True)
class Parked:
    """A key that waits: behind which position, how often it was tried, and when it is tried next."""

    key: str
    position: int
    state: str
    attempts: int
    due_at: datetime
    failed_at: datetime
    headline: str


def parked(name: str) -> list[Parked]:
    """Return the keys that are parked, the longest first."""
    lanes = Lane.objects.filter(subscription_id=name).order_by("failed_at")[:LANES_MAX]
    return [
        Parked(
            lane.key, lane.position, lane.state, lane.attempts, lane.due_at, lane.failed_at,
            lane.error.partition("\n")[0],
        )
        for lane in lanes
    ]  # fmt: skip


def acts(name: str) -> QuerySet[Act]:
    """Return the latest that operators did to a subscriber."""
    return Act.objects.filter(target=name).order_by("-pk")[:ACTS_MAX]
