"""What the alerts look at: the state of everything at one moment."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.events import health, tallies
from apps.events.health import Status
from apps.events.tallies import Tally
from apps.monitoring.models import Heartbeat, Verification
from apps.webhooks.selectors import health as webhooks
from apps.webhooks.selectors.health import EndpointHealth

WATCHMAN = "watchman"
RATE_OVER = timedelta(minutes=5)
COUNTED = 100_000


@dataclass(frozen=True, slots=True)
class Readings:
    """All of it. Ages are in seconds; null where there is nothing that could be old."""

    statuses: Sequence[Status]
    rates: Mapping[str, Tally]
    endpoints: Sequence[EndpointHealth]
    unstamped_age_s: float | None
    transaction_age_s: float | None
    drifting: Sequence[str]
    watchman_age_s: float | None


def read(now: datetime) -> Readings:
    """Look at everything, in seven queries."""
    rates: dict[str, Tally] = defaultdict(Tally)
    for (name, _event_type), tally in tallies.totals(now - RATE_OVER).items():
        rates[name] += tally
    latest = Verification.objects.order_by("-ran_at").first()
    return Readings(
        statuses=health.status(COUNTED),
        rates=rates,
        endpoints=webhooks.endpoints(COUNTED),
        unstamped_age_s=health.unstamped_age_s(),
        transaction_age_s=health.oldest_transaction_s(),
        drifting=latest.drifting if latest else (),
        watchman_age_s=watchman_age_s(now),
    )


def watchman_age_s(now: datetime) -> float | None:
    """Return for how long nobody has watched; None before anybody ever did."""
    seen = Heartbeat.objects.filter(name=WATCHMAN).values_list("at", flat=True).first()
    return None if seen is None else (now - seen).total_seconds()
