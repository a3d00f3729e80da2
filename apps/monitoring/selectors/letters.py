"""Dead letters, found and grouped."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from apps.events import deadletters
from apps.events.models import DeadLetter

GROUPS_MAX = 100
PAGE = 50


@dataclass(frozen=True, slots=True)
class Letters:
    """A query for letters that wait for a decision; what is empty says nothing.

    `upto` is the newest letter it may find, so that those that die after it was asked are not swept along.
    """

    subscriber: str = ""
    fault: str = ""
    event_type: str = ""
    key: str = ""
    ids: Sequence[int] = ()
    upto: int = 0

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Letters":
        """Return the query that `as_dict` has written down."""
        return cls(**stored)

    def as_dict(self) -> dict[str, Any]:
        """Return the query as JSON."""
        return {**asdict(self), "ids": list(self.ids)}

    def waiting(self) -> QuerySet[DeadLetter]:
        """Return the letters."""
        found = deadletters.waiting().order_by("pk")
        named = {"subscription_id": self.subscriber, "fault": self.fault}
        named |= {"event_type": self.event_type, "key": self.key}
        found = found.filter(**{name: value for name, value in named.items() if value})
        if self.ids:
            found = found.filter(pk__in=self.ids)
        return found.filter(pk__lte=self.upto) if self.upto else found

    def counts(self) -> dict[str, int]:
        """Count the letters by subscriber and type."""
        rows = self.waiting().order_by().values_list("subscription_id", "event_type")
        counted = rows.annotate(letters=Count("pk")).order_by("-letters", "subscription_id", "event_type")
        return {f"{name} · {event_type}": count for name, event_type, count in counted}

    def newest(self) -> int:
        """Return the newest letter, 0 when there is none."""
        return self.waiting().order_by("-pk").values_list("pk", flat=True).first() or 0


@dataclass(frozen=True, slots=True)
class Group:
    """Letters of one subscriber and one fault."""

    subscriber: str
    fault: str
    count: int
    keys: int
    first_at: datetime
    last_at: datetime


def groups(query: Letters) -> list[Group]:
    """Return the letters by subscriber and fault, the largest group first."""
    rows = (
        query.waiting()
        .order_by()
        .values_list("subscription_id", "fault")
        .annotate(
            letters=Count("pk"),
            keys=Count("key", distinct=True),
            first=Min("died_at"),
            last=Max("died_at"),
        )
        .order_by("-letters", "subscription_id", "fault")
    )
    return [Group(*row) for row in rows[:GROUPS_MAX]]


def page(query: Letters, *, after: int) -> tuple[list[DeadLetter], int | None]:
    """Return the next letters, oldest first, and behind which the page after begins."""
    found = list(query.waiting().filter(pk__gt=after)[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None
