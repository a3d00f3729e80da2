"""Reads of endpoints and what became of their messages, for pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from apps.teams import selectors as teams
from apps.webhooks.models import Attempt, Delivery, Endpoint, EndpointQuerySet, Kind, Outcome, Owner

__all__ = [
    "Attempt",
    "Delivery",
    "Endpoint",
    "Hour",
    "Kind",
    "Outcome",
    "Owner",
    "deliveries_of",
    "delivery",
    "hours_of",
    "managed_by",
]

HOURS = 24

# Attempts by the hour, also those hours in which there was none.
CHART = """
SELECT hour, count(*) FILTER (WHERE a.status BETWEEN 200 AND 299),
       count(*) FILTER (WHERE a.id IS NOT NULL AND NOT coalesce(a.status BETWEEN 200 AND 299, false))
  FROM generate_series(date_trunc('hour', %(now)s::timestamptz) - make_interval(hours => %(hours)s - 1),
                       %(now)s, interval '1 hour') AS hour
  LEFT JOIN (webhooks_attempt a JOIN webhooks_delivery d ON d.id = a.delivery_id AND d.endpoint_id = %(id)s)
    ON a.started_at >= hour AND a.started_at < hour + interval '1 hour'
 GROUP BY hour ORDER BY hour
"""


@dataclass(frozen=True, slots=True)
class Hour:
    """How many attempts of an hour arrived, and how many did not."""

    began_at: datetime
    arrived: int
    failed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.arrived + self.failed


def managed_by(user_id: int, *, is_staff: bool) -> EndpointQuerySet:
    """Return the endpoints that somebody looks after, with their owners and how much waits or was missed."""
    led = [team.pk for team in teams.led_by(user_id)]
    waiting = Count("deliveries", filter=Q(deliveries__outcome=Outcome.WAITING))
    missed = Count("deliveries", filter=Q(deliveries__outcome=Outcome.MISSED))
    found = Endpoint.objects.of(user_id, led, is_staff=is_staff).select_related("team", "tournament")
    return found.annotate(waiting=waiting, missed=missed).order_by("id")


def hours_of(endpoint_id: int, *, now: datetime | None = None) -> Sequence[Hour]:
    """Return the last day of an endpoint's attempts, hour by hour. One query."""
    with connection.cursor() as cursor:
        cursor.execute(CHART, {"now": now or timezone.now(), "hours": HOURS, "id": endpoint_id})
        return [Hour(*row) for row in cursor.fetchall()]


def deliveries_of(endpoint_id: int, outcome: str = "") -> QuerySet[Delivery]:
    """Return an endpoint's deliveries, the latest first, or those with one outcome."""
    found = Delivery.objects.filter(endpoint=endpoint_id)
    return (found.filter(outcome=outcome) if outcome in Outcome.values else found).order_by("-id")


def delivery(endpoint_id: int, delivery_id: int) -> Delivery | None:
    """Return one delivery with all its attempts. Two queries."""
    return Delivery.objects.prefetch_related("tries").filter(endpoint=endpoint_id, pk=delivery_id).first()
