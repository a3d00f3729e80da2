"""The rules of the alerts, as data: what is looked at, from when on it is bad, and what to do then.

Each has a section of its code in `docs/runbooks.md`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.monitoring.models import Severity
from apps.monitoring.selectors.readings import Readings

type Values = Iterable[tuple[str, float, str]]
"""Subjects, each with a value and what the value does not say."""

SAMPLE_MIN = 20
"""Attempts below which a share of failures says nothing."""


@dataclass(frozen=True)
class Rule:
    """A rule. It is bad above the threshold for so many minutes, and well again at its share `clear` of it.

    A rule with the threshold 0 and the unit "" knows only yes and no.
    """

    code: str
    label: Promise
    severity: Severity
    words: Promise
    values: Callable[[Readings], Values]
    threshold: float = 0.0
    minutes: float = 0.0
    unit: str = ""
    clear: float = 0.5
    is_on: bool = True

    @property
    def clear_at(self) -> float:
        """Up to this value it is well again."""
        return self.threshold * self.clear

    def summary(self, subject: str, value: float, more: str) -> str:
        """Return in one sentence what is wrong."""
        said = str(self.words) % {
            "subject": subject,
            "value": f"{value:,.1f}".removesuffix(".0"),
            "threshold": f"{self.threshold:,.1f}".removesuffix(".0"),
            "more": more,
        }
        return said.strip()[:500]


def failure_rates(readings: Readings) -> Values:
    """Return the failures of each subscriber and endpoint in per cent, where there are enough to tell."""
    for name, tally in readings.rates.items():
        if tally.tried >= SAMPLE_MIN:
            yield name, 100 * tally.failed / tally.tried, ""


def depths(readings: Readings) -> Values:
    """Return how many events wait for each subscriber."""
    return ((one.subscriber, one.lag, "") for one in readings.statuses)


def ages(readings: Readings) -> Values:
    """Return how long the oldest event waits for each subscriber."""
    return ((one.subscriber, one.oldest_age_s or 0.0, "") for one in readings.statuses)


def dead_letters(readings: Readings) -> Values:
    """Return how many dead letters of each subscriber wait for a decision."""
    return ((one.subscriber, one.dead, "") for one in readings.statuses)


def pauses(readings: Readings) -> Values:
    """Return which subscribers are paused, and why."""
    return ((one.subscriber, bool(one.paused), one.paused) for one in readings.statuses)


def stall(readings: Readings) -> Values:
    """Return for how long a committed event has had no position."""
    yield "", readings.unstamped_age_s or 0.0, ""


def transactions(readings: Readings) -> Values:
    """Return for how long the oldest transaction has been open."""
    yield "", readings.transaction_age_s or 0.0, ""


def disabled(readings: Readings) -> Values:
    """Return which endpoints were disabled, and why."""
    return ((f"{one.name} ({one.id})", one.is_disabled, one.reason) for one in readings.endpoints)


def drifting(readings: Readings) -> Values:
    """Return how many figures are not what their source says."""
    yield "", len(readings.drifting), ", ".join(readings.drifting)


def watchman(readings: Readings) -> Values:
    """Return for how long nobody has watched."""
    yield "", readings.watchman_age_s or 0.0, ""


WARNING, CRITICAL = Severity.WARNING, Severity.CRITICAL
DECLARED = (
    Rule(
        "failure_rate", _("Events fail"), WARNING,
        _("%(value)s %% of the attempts of %(subject)s failed in 5 minutes (more than %(threshold)s %%)."),
        failure_rates, threshold=settings.ALERT_FAILURE_PERCENT, minutes=1, unit="%",
    ),
    Rule(
        "queue_depth", _("Many events wait"), CRITICAL,
        _("%(value)s events wait for %(subject)s (more than %(threshold)s)."),
        depths, threshold=settings.ALERT_QUEUE_DEPTH, minutes=1, unit="events", clear=0.8,
    ),
    Rule(
        "oldest_waiting", _("An event waits for long"), WARNING,
        _("The oldest event for %(subject)s has waited %(value)s s (more than %(threshold)s s)."),
        ages, threshold=settings.ALERT_OLDEST_S, minutes=1, unit="s",
    ),
    Rule(
        "dead_letter", _("A dead letter"), WARNING,
        _("%(value)s dead letters of %(subject)s wait for a decision."), dead_letters,
    ),
    Rule(
        "subscriber_paused", _("A subscriber is paused"), WARNING,
        _("%(subject)s hears nothing: %(more)s"), pauses,
    ),
    Rule(
        "sequencer_stalled", _("Nothing gets a position"), CRITICAL,
        _("An event that was committed %(value)s s ago has no position yet: no worker stamps the log."),
        stall, threshold=settings.ALERT_STALLED_S, minutes=0.5, unit="s",
    ),
    Rule(
        "old_transaction", _("A transaction stays open"), WARNING,
        _("A transaction has been open for %(value)s s (more than %(threshold)s s)."),
        transactions, threshold=settings.ALERT_TRANSACTION_S, unit="s",
    ),
    Rule(
        "endpoint_disabled", _("A webhook endpoint was disabled"), WARNING,
        _("%(subject)s gets nothing any more: %(more)s"), disabled,
    ),
    Rule(
        "drift", _("A figure is wrong"), WARNING,
        _("%(value)s figures are not what their source says: %(more)s"), drifting,
    ),
    Rule(
        "watchman_dead", _("Nobody watches"), CRITICAL,
        _("Nobody has looked at the alerts for %(value)s s: `manage.py watch` does not run."),
        watchman, threshold=180, unit="s",
    ),
)  # fmt: skip
RULES: Mapping[str, Rule] = {rule.code: rule for rule in DECLARED}
WATCHMAN_DEAD = "watchman_dead"


@dataclass(frozen=True, slots=True)
class Observation:
    """What a rule says of a subject: bad, well, or neither, between the two thresholds."""

    is_bad: bool
    is_well: bool
    summary: str


type Observations = Mapping[tuple[str, str], Observation]


def observe(rules: Iterable[Rule], readings: Readings) -> Observations:
    """Return what the rules say, by code and subject."""
    return {
        (rule.code, subject): Observation(
            is_bad=value > rule.threshold,
            is_well=value <= rule.clear_at,
            summary=rule.summary(subject, value, more),
        )
        for rule in rules
        if rule.is_on
        for subject, value, more in rule.values(readings)
    }


def as_set(rule: Rule, threshold: float, minutes: float, is_on: bool) -> Rule:
    """Return a rule with what an operator set."""
    return replace(rule, threshold=threshold, minutes=minutes, is_on=is_on)
