"""How much happens: by type over time, what players do most, and how many of them. Names nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet, Sum

from apps.monitoring.models import Activity, EventCount
from apps.monitoring.models.counts import Unit

HEIGHT = 100


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of time up to now, in steps."""

    unit: Unit
    steps: int

    @property
    def step(self) -> timedelta:
        """How long one is."""
        return timedelta(hours=1) if self.unit is Unit.HOUR else timedelta(days=1)

    def moments(self, now: datetime) -> list[datetime]:
        """Return when the steps begin, the last one now's."""
        last = now.replace(minute=0, second=0, microsecond=0)
        last = last if self.unit is Unit.HOUR else last.replace(hour=0)
        return [last - self.step * back for back in reversed(range(self.steps))]


RANGES = {
    "day": Range(Unit.HOUR, 24),
    "week": Range(Unit.HOUR, 168),
    "month": Range(Unit.DAY, 30),
    "year": Range(Unit.DAY, 365),
}


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often a type occurred."""

    event_type: str
    events: int
    actions: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a plot; `height` of HEIGHT."""

    place: int
    height: int
    at: datetime | date
    value: int


def frequencies(chosen: Range, now: datetime) -> list[Frequency]:
    """Return how often each type occurred, what players did most first. One query."""
    rows = _rows(chosen, now).values_list("event_type")
    summed = rows.annotate(all=Sum("events"), done=Sum("actions")).order_by("-done", "-all", "event_type")
    return [Frequency(*row) for row in summed]


def series(chosen: Range, now: datetime, event_type: str) -> list[tuple[datetime, int]]:
    """Return how often a type, or all with "", occurred in each step. One query."""
    rows = _rows(chosen, now)
    rows = rows.filter(event_type=event_type) if event_type else rows
    found = dict(rows.values_list("at").annotate(Sum("events")).order_by())
    return [(moment, found.get(moment, 0)) for moment in chosen.moments(now)]


def rows(chosen: Range, now: datetime) -> Sequence[tuple[datetime, str, int, int]]:
    """Return all sums, for a table."""
    found = _rows(chosen, now).order_by("at", "event_type")
    return list(found.values_list("at", "event_type", "events", "actions"))


def activity(days: int, now: datetime) -> list[Activity]:
    """Return how many players were active on each of the last days, the oldest first; all are there."""
    first = now.date() - timedelta(days=days - 1)
    found = {one.day: one for one in Activity.objects.filter(day__gte=first)}
    wanted = [first + timedelta(days=place) for place in range(days)]
    return [found.get(day) or Activity(day=day, daily=0, weekly=0, monthly=0) for day in wanted]


def bars(values: Sequence[tuple[datetime | date, int]]) -> list[Bar]:
    """Return values as bars, the highest as high as the plot."""
    most = max((value for _, value in values), default=0) or 1
    return [Bar(place, round(HEIGHT * value / most), at, value) for place, (at, value) in enumerate(values)]


def _rows(chosen: Range, now: datetime) -> QuerySet[EventCount]:
    return EventCount.objects.filter(unit=chosen.unit, at__gte=chosen.moments(now)[0])
