"""How events are delivered, to subscribers and to webhook endpoints, over a span of time.

All figures come from the backbone's tallies and from the rows of what waits: the log is never counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from apps.events import health, tallies
from apps.events.health import Status
from apps.events.tallies import Tally
from apps.monitoring.selectors.spans import Span
from apps.webhooks.selectors import health as webhooks
from apps.webhooks.selectors.health import EndpointHealth

# More than this waits for nobody whose page is not red anyway; counting on would cost seconds.
WAITING_COUNTED = 10_000
SUCCESS_PERCENT_MIN = 95
BAR_WIDTH = 10


@dataclass(frozen=True)
class Figures:
    """A line of numbers: of one event type, or of all together."""

    name: str
    tally: Tally
    seconds: float

    @property
    def p50_ms(self) -> float | None:
        """Half took no longer."""
        return self.tally.quantile_ms(0.5)

    @property
    def p95_ms(self) -> float | None:
        """Of a hundred, 95 took no longer."""
        return self.tally.quantile_ms(0.95)

    @property
    def per_minute(self) -> float:
        """How many were delivered a minute."""
        return self.tally.delivered * 60 / self.seconds

    @property
    def success_percent(self) -> float | None:
        """Attempts that succeeded; None without any."""
        rate = self.tally.success_rate
        return None if rate is None else 100 * rate


@dataclass(frozen=True)
class Consumer:
    """A subscriber or an endpoint: how it is now, and what it did, by type."""

    name: str
    state: Status | EndpointHealth
    total: Figures
    types: list[Figures] = field(default_factory=list)

    @property
    def waiting_is_more(self) -> bool:
        """Whether counting what waits was given up."""
        return self.state.lag >= WAITING_COUNTED

    @property
    def troubles(self) -> int:
        """How much is wrong with it, to have the worst first."""
        now = self.state
        return 4 * bool(now.paused) + 2 * bool(now.dead) + self.is_failing

    @property
    def is_failing(self) -> bool:
        """Whether more of its attempts fail than is bearable."""
        percent = self.total.success_percent
        return percent is not None and percent < SUCCESS_PERCENT_MIN


@dataclass(frozen=True)
class Bar:
    """One step of a plot: where it stands, and its heights in per cent of the highest."""

    x: int
    began_at: datetime
    tally: Tally
    delivered: float
    failed: float
    slow: float

    @property
    def p95_ms(self) -> float | None:
        """Of a hundred, 95 took no longer."""
        return self.tally.quantile_ms(0.95)


@dataclass(frozen=True)
class Plot:
    """What all subscribers did, step by step."""

    bars: list[Bar]
    highest: int
    slowest_ms: float

    @property
    def width(self) -> int:
        """How wide the picture is, in its own units."""
        return BAR_WIDTH * len(self.bars)

    @property
    def latest_first(self) -> list[Bar]:
        """The bars as a table has them; steps in which nothing happened are left out."""
        return [bar for bar in reversed(self.bars) if bar.tally.tried]


def subscribers(totals: Mapping[tuple[str, str], Tally], seconds: float) -> list[Consumer]:
    """Return every subscriber, those in trouble first. One query."""
    return _consumers({each.subscriber: each for each in health.status(WAITING_COUNTED)}, totals, seconds)


def endpoints(totals: Mapping[tuple[str, str], Tally], seconds: float) -> list[Consumer]:
    """Return every webhook endpoint, those in trouble first. One query."""
    states = {each.tallied_as: each for each in webhooks.endpoints(WAITING_COUNTED)}
    return _consumers(states, totals, seconds)


def _consumers(
    states: Mapping[str, Status] | Mapping[str, EndpointHealth],
    totals: Mapping[tuple[str, str], Tally],
    seconds: float,
) -> list[Consumer]:
    by_name: dict[str, dict[str, Tally]] = defaultdict(dict)
    for (name, event_type), tally in totals.items():
        by_name[name][event_type] = tally
    found = [
        Consumer(
            name,
            state,
            Figures(name, _together(by_name[name].values()), seconds),
            [Figures(event_type, tally, seconds) for event_type, tally in sorted(by_name[name].items())],
        )
        for name, state in states.items()
    ]
    return sorted(found, key=lambda one: (-one.troubles, one.name))


def _together(several: Iterable[Tally]) -> Tally:
    return sum(several, Tally())


def plot(span: Span, now: datetime) -> Plot:
    """Return the plot of a span. One query."""
    found = tallies.series(span.since(now), span.step_s)
    steps = [(moment, found.get(moment, Tally())) for moment in span.moments(now)]
    highest = max(tally.tried for _, tally in steps)
    slowest = max(tally.quantile_ms(0.95) or 0.0 for _, tally in steps)
    bars = [
        Bar(
            x=BAR_WIDTH * place,
            began_at=moment,
            tally=tally,
            delivered=_percent(tally.delivered, highest),
            failed=_percent(tally.failed, highest),
            slow=_percent(tally.quantile_ms(0.95) or 0.0, slowest),
        )
        for place, (moment, tally) in enumerate(steps)
    ]
    return Plot(bars, highest, slowest)


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
