"""Deciding matches, for programs: results, forfeits, corrections."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Schema, Status

from apps.api.callers import Token, caller_of
from apps.api.schemas import Strict
from apps.api.scopes import Scope
from apps.tournaments.api.reading import ScheduledOut, match_of, scheduled
from apps.tournaments.api.routes import router
from apps.tournaments.api.running import own
from apps.tournaments.models import Correction, Match
from apps.tournaments.services import corrections, results

DECIDE = Token(Scope.TOURNAMENTS_WRITE)
MATCH = "/tournaments/{slug:slug}/matches/{int:match_id}"


class ResultIn(Strict):
    """A score in games won; of a match of one game, in its points."""

    score_a: int
    score_b: int


class ForfeitIn(Strict):
    """The `entry` that does not play; null when neither does."""

    entry: int | None = None


class CorrectionIn(ResultIn):
    """What a decided match should have been, and why."""

    reason: str


class CorrectionOut(Schema):
    """A correction; `undoes` is the id of the one that it takes back."""

    id: int
    reason: str
    made_at: datetime
    undoes: int | None

    @staticmethod
    def resolve_undoes(correction: Correction) -> int | None:
        """Return the id."""
        return correction.undoes_id


class MovedOut(Schema):
    """An entry that gets another final place; null is none."""

    entry: int
    before: int | None
    after: int | None


class PreviewOut(Schema):
    """What a correction would touch: `void` are the matches whose results would hold no more."""

    matches: list[int]
    void: list[int]
    places: list[MovedOut]
    players: int
    reopens: bool


@router.post(f"{MATCH}/result/", response=ScheduledOut, auth=DECIDE, operation_id="report_result")
def result(request: HttpRequest, slug: str, match_id: int, data: ResultIn) -> Any:
    """Decide a match by its score; all who are registered for its sides took part."""
    found, by_id = of(request, slug, match_id), caller_of(request).user.pk
    results.play(match_id=found.pk, by_id=by_id, **data.model_dump())
    return answer(request, slug, match_id)


@router.post(f"{MATCH}/forfeit/", response=ScheduledOut, auth=DECIDE, operation_id="forfeit_match")
def forfeit(request: HttpRequest, slug: str, match_id: int, data: ForfeitIn) -> Any:
    """Give a match to the opponent of an entrant who does not play it."""
    found, by_id = of(request, slug, match_id), caller_of(request).user.pk
    results.forfeit(match_id=found.pk, entry_id=data.entry, by_id=by_id)
    return answer(request, slug, match_id)


@router.post(
    f"{MATCH}/corrections/", response={201: CorrectionOut}, auth=DECIDE, operation_id="correct_match"
)
def correct(request: HttpRequest, slug: str, match_id: int, data: CorrectionIn) -> Any:
    """Give a decided match another score; later matches, standings, players and places follow."""
    match, by_id = of(request, slug, match_id), caller_of(request).user.pk
    return Status(201, corrections.correct(match_id=match.pk, by_id=by_id, **data.model_dump()))


@router.post(
    f"{MATCH}/corrections/preview/", response=PreviewOut, auth=DECIDE, operation_id="preview_correction"
)
def preview(request: HttpRequest, slug: str, match_id: int, data: ResultIn) -> Any:
    """Show what another score would touch; nothing is changed."""
    found = corrections.preview(match_id=of(request, slug, match_id).pk, **data.model_dump())
    return {
        "matches": [one.after.pk for one in found.matches],
        "void": [one.after.pk for one in found.matches if one.void],
        "places": [{"entry": one.entry_id, "before": one.before, "after": one.after} for one in found.places],
        "players": len(found.players),
        "reopens": found.reopens,
    }


@router.post(
    f"{MATCH}/corrections/{{int:correction_id}}/undo/",
    response={201: CorrectionOut},
    auth=DECIDE,
    operation_id="undo_correction",
)
def undo(request: HttpRequest, slug: str, match_id: int, correction_id: int) -> Any:
    """Bring back what a correction changed, by another one."""
    match, by_id = of(request, slug, match_id), caller_of(request).user.pk
    if not Correction.objects.filter(pk=correction_id, match=match).exists():
        raise Http404(str(correction_id))
    return Status(201, corrections.undo(correction_id=correction_id, by_id=by_id))


def of(request: HttpRequest, slug: str, match_id: int) -> Match:
    """Return a match of a tournament that the one who asks runs. Raises Http404, Problem."""
    own(request, slug)
    return match_of(slug, match_id)


def answer(request: HttpRequest, slug: str, match_id: int) -> dict[str, Any]:
    """Return a match as it is now."""
    return scheduled(request)([match_of(slug, match_id)])[0]
