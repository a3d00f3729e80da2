"""How far back a page looks, and in what steps its plots are drawn."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HOUR_S = 3_600


@dataclass(frozen=True)
class Span:
    """A stretch of time that ends now. Old minutes are kept as hours, so long spans have steps of hours."""

    name: str
    label: Promise
    step_s: int
    steps: int

    def since(self, now: datetime) -> datetime:
        """Return where it begins: with a whole step."""
        return self.moments(now)[0]

    def moments(self, now: datetime) -> list[datetime]:
        """Return where each step begins, the present one last."""
        last = datetime.fromtimestamp(now.timestamp() // self.step_s * self.step_s, now.tzinfo)
        return [last - timedelta(seconds=self.step_s * back) for back in reversed(range(self.steps))]


SPANS = {
    span.name: span
    for span in (
        Span("hour", _("Last hour"), 60, 60),
        Span("day", _("Last day"), HOUR_S, 24),
        Span("week", _("Last week"), 6 * HOUR_S, 28),
    )
}
DEFAULT = SPANS["hour"]
