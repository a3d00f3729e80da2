"""How a player's last matches went, drawn: a line for the KDA, below it a bar up or down for each result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.user_profile.selectors import kda_of
from apps.web.selectors.history import HistoryRow

# In the units of the picture, which is stretched to its place.
STEP, HEIGHT = 10, 100
# The highest point stays below the edge.
ROOM_ABOVE = 1.1


@dataclass(frozen=True)
class Point:
    """A match in the picture; `won` is None when it ended level. Coordinates are written for SVG."""

    played_at: datetime | None
    won: bool | None
    kills: int
    deaths: int
    assists: int
    kda: float
    x: str
    y: str


@dataclass(frozen=True)
class Trend:
    """Matches from the first to the last, with what they come to together."""

    points: Sequence[Point]
    width: int
    kda: float
    level: str
    won: int

    @property
    def line(self) -> str:
        """The corners of the line, as SVG writes them."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)

    @property
    def first(self) -> Point:
        """The oldest match."""
        return self.points[0]

    @property
    def last(self) -> Point:
        """The latest match."""
        return self.points[-1]


def trend_of(rows: Sequence[HistoryRow]) -> Trend | None:
    """Draw matches that come with the latest first; None without any."""
    if not rows:
        return None
    oldest = rows[::-1]
    ratios = [kda_of(row.kills, row.deaths, row.assists) for row in oldest]
    sums = (sum(getattr(row, name) for row in rows) for name in ("kills", "deaths", "assists"))
    together, top = kda_of(*sums), max(*ratios, 1.0) * ROOM_ABOVE
    points = [
        Point(
            row.match.played_at, row.won, row.kills, row.deaths, row.assists, ratio,
            x=f"{STEP * place + STEP / 2:g}", y=height(ratio, top),
        )
        for place, (row, ratio) in enumerate(zip(oldest, ratios, strict=True))
    ]  # fmt: skip
    return Trend(
        points, STEP * len(points), together, height(together, top), sum(row.won is True for row in rows)
    )


def height(ratio: float, top: float) -> str:
    """Return how far below the upper edge a ratio is drawn."""
    return f"{HEIGHT * (1 - ratio / top):.2f}"
