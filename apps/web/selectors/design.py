"""The pages of the design system, composed of samples."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator

from apps.web.design import cup, forms, samples, tokens
from apps.web.selectors.brackets import BracketPart, bracket_parts
from apps.web.selectors.tournaments import Stage, stages_of
from apps.web.selectors.trend import trend_of

ICONS = ("trophy", "shield", "swords", "medal", "crown", "users", "user", "map-pin", "calendar-days", "radio")


@dataclass(frozen=True)
class CupPage:
    """All that the page of the sample bracket shows."""

    bracket: list[BracketPart]
    series: list[Stage]


def design_page() -> dict[str, Any]:
    """Return every token and every component's samples, by the name of the component."""
    paginator = Paginator(range(300), 24)
    return {
        "colours": tokens.colours(),
        "fills": tokens.fills(),
        "sizes": tokens.sizes(),
        "spaces": tokens.lengths("space"),
        "radii": tokens.lengths("radius"),
        "icons": ICONS,
        "players": samples.players(),
        "teams": samples.teams(),
        "avatars": samples.avatars(),
        "crests": samples.crests(),
        "form_new": forms.untouched(),
        "form_refused": forms.refused(),
        "notices": samples.messages(),
        "tournaments": samples.tournaments(),
        "playing": [row.tournament for row in samples.tournaments()[:1]],
        "table": samples.table(),
        "leaders": samples.leaders(),
        "rising": samples.rising(),
        "matches": samples.matches(),
        "gaps": samples.gaps(),
        "standings": samples.standings(),
        "history": samples.history(),
        "trend": trend_of(samples.history()),
        "pages": paginator.page(5),
        "page_range": list(paginator.get_elided_page_range(5)),
    }


def cup_page() -> CupPage:
    """Compose the sample bracket and the list of its series."""
    played = cup.cup()
    return CupPage(bracket_parts(played), stages_of(list(cup.matches_of(played))))
