"""The figures for Prometheus, read from the database at every scrape: the same from every process."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Count
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from apps.events import sequencer, tallies
from apps.events.models import Job, Subscription
from apps.monitoring.models import Incident
from apps.monitoring.selectors import readings
from apps.monitoring.selectors.readings import RATE_OVER, Readings

QUANTILES = (0.5, 0.95)


class Figures(Collector):
    """All figures of one moment, in about a dozen queries."""

    def collect(self) -> Iterator[Metric]:
        """Read and yield them."""
        now = timezone.now()
        found = readings.read(now)
        yield counter("events_stamped", "Events that have a position.", [], [((), sequencer.head())])
        yield from whole(found)
        yield from of_subscribers(found)
        yield from of_types(now)
        yield from of_endpoints(found)
        yield from of_jobs()


type Samples = Iterable[tuple[tuple[str, ...], float]]


def gauge(name: str, text: str, labels: list[str], samples: Samples) -> Metric:
    """Return a figure that goes up and down."""
    family = GaugeMetricFamily(f"deltacrown_{name}", text, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family


def counter(name: str, text: str, labels: list[str], samples: Samples) -> Metric:
    """Return a figure that only grows; it is exported with `_total`."""
    family = CounterMetricFamily(f"deltacrown_{name}", text, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family


def whole(found: Readings) -> Iterator[Metric]:
    """Yield what is about the whole."""
    yield gauge("unstamped_age_seconds", "Age of the oldest committed event without a position.", [],
                [((), found.unstamped_age_s or 0.0)])  # fmt: skip
    yield gauge("oldest_transaction_seconds", "Age of the oldest open transaction.", [],
                [((), found.transaction_age_s or 0.0)])  # fmt: skip
    yield gauge("figures_drifting", "Stored figures that differed from their source last night.", [],
                [((), len(found.drifting))])  # fmt: skip
    yield gauge("watchman_age_seconds", "Since when nobody has looked at the alerts.", [],
                [((), found.watchman_age_s or 0.0)])  # fmt: skip
    opened = Incident.objects.filter(resolved_at=None, opened_at__isnull=False).order_by()
    counts = opened.values_list("rule", "severity").annotate(n=Count("pk"))
    yield gauge("alerts_open", "Open alerts.", ["rule", "severity"],
                [((rule, severity), n) for rule, severity, n in counts])  # fmt: skip


def of_subscribers(found: Readings) -> Iterator[Metric]:
    """Yield what is about each subscriber."""
    sums = list(Subscription.objects.order_by("name").values_list("name", "delivered", "failed", "busy_ms"))
    label = ["subscriber"]
    yield counter("subscriber_delivered", "Events handled.", label, [((n,), d) for n, d, _, _ in sums])
    yield counter("subscriber_failed", "Attempts that failed.", label, [((n,), f) for n, _, f, _ in sums])
    yield counter("subscriber_busy_seconds", "Time spent in turns.", label,
                  [((n,), ms / 1000) for n, _, _, ms in sums])  # fmt: skip
    each = found.statuses
    yield gauge("subscriber_lag", "Events that wait.", label, [((s.subscriber,), s.lag) for s in each])
    yield gauge("subscriber_oldest_seconds", "Age of the oldest event that waits.", label,
                [((s.subscriber,), s.oldest_age_s or 0.0) for s in each])  # fmt: skip
    yield gauge("subscriber_dead_letters", "Dead letters that wait for a decision.", label,
                [((s.subscriber,), s.dead) for s in each])  # fmt: skip
    yield gauge("subscriber_paused", "1 while it is paused.", label,
                [((s.subscriber,), bool(s.paused)) for s in each])  # fmt: skip
    parked = [((s.subscriber, "retrying"), s.retrying) for s in each]
    parked += [((s.subscriber, "blocked"), s.blocked) for s in each]
    yield gauge("subscriber_parked_keys", "Keys that are parked.", [*label, "state"], parked)


def of_types(now: datetime) -> Iterator[Metric]:
    """Yield what each subscriber or endpoint did with each type in the last five minutes."""
    totals = tallies.totals(now - RATE_OVER)
    attempts, times = [], []
    for (name, event_type), one in totals.items():
        for result in ("delivered", "failed", "retried", "dead"):
            attempts.append(((name, event_type, result), getattr(one, result)))
        for share in QUANTILES:
            ms = one.quantile_ms(share)
            if ms is not None:
                times.append(((name, event_type, str(share)), ms / 1000))
    labels = ["subscriber", "event_type"]
    yield gauge("attempts_recent", "Attempts within five minutes.", [*labels, "result"], attempts)
    yield gauge("handler_seconds_recent", "Time of the handler within five minutes.",
                [*labels, "quantile"], times)  # fmt: skip


def of_endpoints(found: Readings) -> Iterator[Metric]:
    """Yield what is about each webhook endpoint."""
    label, each = ["endpoint"], [(str(one.id), one) for one in found.endpoints]
    yield gauge("endpoint_waiting", "Messages that wait.", label, [((n,), one.lag) for n, one in each])
    yield gauge(
        "endpoint_missed", "Messages that were given up.", label, [((n,), one.dead) for n, one in each]
    )
    yield gauge("endpoint_oldest_seconds", "Age of the oldest message that waits.", label,
                [((n,), one.oldest_age_s or 0.0) for n, one in each])  # fmt: skip
    yield gauge("endpoint_disabled", "1 while it is disabled.", label,
                [((n,), one.is_disabled) for n, one in each])  # fmt: skip


def of_jobs() -> Iterator[Metric]:
    """Yield when each periodic job ran, and whether it failed."""
    rows = list(Job.objects.order_by("name").values_list("name", "last_run_at", "last_error"))
    yield gauge("job_last_run_timestamp_seconds", "When it ran last.", ["job"],
                [((name,), at.timestamp()) for name, at, _ in rows if at])  # fmt: skip
    yield gauge("job_failed", "1 when its last run failed.", ["job"],
                [((name,), bool(error)) for name, _, error in rows])  # fmt: skip
