"""Corrections: a decided result is changed, and whatever followed from it follows from the new one.

Nothing is rewritten in the log: what was announced is retracted, what holds now is announced.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.tournaments.models import Correction, Match, MatchStatus, Outcome, Status
from apps.tournaments.services import matches, tournaments

UNDOING = "Undone."


class NothingToCorrect(ValidationError):
    """The match is not decided yet, or its result is the same: a first result is recorded, not corrected."""

    def __init__(self) -> None:
        super().__init__(
            "There is no other result of this match to correct. Report its result instead.",
            code="nothing_to_correct",
        )


class AlreadyUndone(ValidationError):
    """The correction was undone before: correct the match again."""

    def __init__(self) -> None:
        super().__init__("This correction was undone already.", code="already_undone")


@transaction.atomic
def correct(
    *, match_id: int, score_a: int, score_b: int, reason: str, by_id: int | None = None
) -> Correction:
    """Give a match that was played another score; players, teams and places follow.

    Raises NothingToCorrect, ImpossibleResult, ValidationError by field.
    """
    match = locked(match_id)
    return change(match, {"score_a": score_a, "score_b": score_b}, reason=reason, by_id=by_id)


@transaction.atomic
def undo(*, correction_id: int, by_id: int | None = None) -> Correction:
    """Bring back what a correction changed, by another one.

    Raises AlreadyUndone, NothingToCorrect.
    """
    correction = Correction.objects.select_related("undone_by").get(pk=correction_id)
    match = locked(correction.match_id)
    if Correction.objects.filter(undoes=correction).exists():
        raise AlreadyUndone
    return change(match, correction.before, reason=UNDOING, by_id=by_id, undoes=correction)


def locked(match_id: int) -> Match:
    """Return a match, locked after its tournament."""
    tournament_id = Match.objects.values_list("tournament_id", flat=True).get(pk=match_id)
    tournaments.lock(tournament_id)
    return Match.objects.select_for_update(no_key=True).get(pk=match_id)


def change(
    match: Match,
    after: dict[str, Any],
    *,
    reason: str,
    by_id: int | None,
    undoes: Correction | None = None,
) -> Correction:
    """Store another result, retract what was said of the old one, and announce the new one."""
    before = {"score_a": match.score_a, "score_b": match.score_b}
    if match.outcome != Outcome.PLAYED or match.status != MatchStatus.COMPLETED or before == after:
        raise NothingToCorrect
    matches.check_scores(after["score_a"], after["score_b"])
    correction = Correction(
        match=match, by_id=by_id, reason=reason.strip(), before=before, after=after, undoes=undoes
    )
    correction.full_clean()
    correction.save()
    matches.retract(match)
    match.score_a, match.score_b = after["score_a"], after["score_b"]
    match.winner = None
    if match.score_a != match.score_b:
        match.winner = match.entry_a if match.score_a > match.score_b else match.entry_b
    match.save(update_fields=["score_a", "score_b", "winner"])
    matches.announce(match)
    if match.tournament.status == Status.COMPLETED:
        tournaments.place_again(match.tournament)
    return correction
