"""Tournaments to take along: matches and standings as CSV, all of it as JSON. What anybody may see."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from apps.tournaments import selectors as tournament_selectors
from apps.tournaments.selectors.sheet import match_values
from apps.user_profile.selectors.privacy import ANONYMOUS
from apps.web.views.sheets import plain

MATCH_COLUMNS = (
    "id", "stage", "group", "round", "number", "state", "best_of",
    "entry_a", "name_a", "played_as_a", "score_a",
    "entry_b", "name_b", "played_as_b", "score_b", "winner_entry", "played_at",
)  # fmt: skip
STANDING_COLUMNS = ("entry", "seed", "name", "played_as", "place_from", "place_to")


def found(slug: str) -> Any:
    """Return the tournament of an address, or raise 404."""
    tournament = tournament_selectors.tournament_by_slug(slug)
    if tournament is None:
        raise Http404(slug)
    return tournament


def standing_values(tournament_id: int) -> Iterator[dict[str, Any]]:
    """Yield all entrants by place."""
    for row in tournament_selectors.standings_seen(tournament_id, ANONYMOUS):
        yield {
            "entry": row.entry_id,
            "seed": row.seed,
            "name": row.name,
            "played_as": row.played_as,
            "place_from": row.place_from,
            "place_to": row.place_to,
        }


@require_safe
def matches_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Send all matches as CSV."""
    tournament = found(slug)
    return as_csv(f"{slug}-matches.csv", MATCH_COLUMNS, match_values(tournament.pk, ANONYMOUS))


@require_safe
def standings_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Send all entrants as CSV."""
    tournament = found(slug)
    return as_csv(f"{slug}-standings.csv", STANDING_COLUMNS, standing_values(tournament.pk))


@require_safe
def as_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the tournament with its phases, entrants and matches as JSON."""
    planned = tournament_selectors.tournament_with_phases(slug)
    if planned is None:
        raise Http404(slug)
    tournament, phases = planned
    shown = [
        {
            "number": phase.number,
            "name": str(phase),
            "format": phase.format,
            "settings": phase.settings,
            "seeding": phase.seeding,
            "draw_seed": phase.draw_seed,
            "advancing": phase.advancing,
            "status": phase.status,
        }
        for phase in phases
    ]
    return JsonResponse(
        {
            "name": tournament.name,
            "slug": tournament.slug,
            "game": tournament.game.name,
            "status": tournament.status,
            "starts_at": tournament.starts_at,
            "ends_at": tournament.ends_at,
            "phases": shown,
            "entrants": list(standing_values(tournament.pk)),
            "matches": list(match_values(tournament.pk, ANONYMOUS)),
        }
    )


def as_csv(name: str, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> HttpResponse:
    """Answer with a table that a spreadsheet opens, and takes for nothing but text."""
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    writer = csv.writer(answer)
    writer.writerow(columns)
    for row in rows:
        values = (row[column] for column in columns)
        writer.writerow(plain(value) if isinstance(value, str) else value for value in values)
    return answer
