"""Corrections: a decided result is changed, and whatever followed from it follows from the new one.

Nothing is rewritten in the log: what was announced is retracted, what holds now is announced. Results of
later matches whose sides are others now do not hold any more; the correction keeps them, and undoing it
brings back those that fit again. `preview` does it all and takes it back: what it shows is what will
happen.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.tournaments.formats.results import Outcome
from apps.tournaments.models import (
    Correction,
    Done,
    Match,
    MatchMap,
    MatchParticipant,
    MatchStatus,
    Phase,
    PhaseStatus,
    Status,
    Tournament,
)
from apps.tournaments.services import audit, matches, phases, progress, results, tournaments

UNDOING = "Undone."

RESULT = ("score_a", "score_b", "outcome", "winner_id")


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


@dataclass(frozen=True, slots=True)
class Touched:
    """A match that a correction touches: its row before and after. Void when its result holds no more."""

    before: Match
    after: Match

    @property
    def void(self) -> bool:
        """Whether a result is lost that has to be played again, if at all."""
        return bool(self.before.outcome) and self.after.status != MatchStatus.COMPLETED


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry that a correction gives another final place; None is no place."""

    entry_id: int
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """All that a correction would change. `players` are those whose statistics or places it touches."""

    matches: list[Touched]
    places: list[Moved]
    players: set[int]
    reopens: bool


@transaction.atomic
def correct(
    *, match_id: int, score_a: int, score_b: int, reason: str, by_id: int | None = None
) -> Correction:
    """Give a decided match another score; later matches, standings, players and places follow.

    Raises NothingToCorrect, ImpossibleResult, ValidationError by field.
    """
    match = matches.locked(match_id)
    if match.phase_id:
        results.check_score(match, score_a, score_b)
    else:
        matches.check_scores(score_a, score_b)
    after = {
        "score_a": score_a,
        "score_b": score_b,
        "outcome": Outcome.PLAYED.value,
        "winner_id": results.winner_of(match, score_a, score_b),
    }
    return change(match, after, reason=reason, by_id=by_id)


@transaction.atomic
def award(*, match_id: int, entry_id: int | None, reason: str, by_id: int | None = None) -> Correction:
    """Give a decided match to an entrant by forfeit of the other, or to nobody; nobody has played it then.

    Raises NothingToCorrect, NotInThisMatch, ValidationError by field.
    """
    match = matches.locked(match_id)
    if entry_id is not None:
        results.opponent_of(match, entry_id)
    outcome = Outcome.DOUBLE_FORFEIT if entry_id is None else Outcome.FORFEIT
    after = {"score_a": 0, "score_b": 0, "outcome": outcome.value, "winner_id": entry_id}
    return change(match, after, reason=reason, by_id=by_id)


@transaction.atomic
def undo(*, correction_id: int, by_id: int | None = None) -> Correction:
    """Bring back what a correction changed, by another one.

    Raises AlreadyUndone, NothingToCorrect.
    """
    correction = Correction.objects.get(pk=correction_id)
    match = matches.locked(correction.match_id)
    if Correction.objects.filter(undoes=correction).exists():
        raise AlreadyUndone
    before = dict(correction.before)
    lost, lines = before.pop("lost"), before.pop("lines")
    made = change(match, before, reason=UNDOING, by_id=by_id, undoes=correction, lines=lines)
    if match.phase_id:
        bring_back(phases.locked(match.phase_id), lost)
    return made


@transaction.atomic
def preview(*, match_id: int, score_a: int, score_b: int) -> Preview:
    """Return what `correct` would do: it is done, looked at, and taken back.

    Raises what `correct` raises.
    """
    match = matches.locked(match_id)
    before = Snapshot(match.tournament)
    with transaction.atomic():
        correct(match_id=match_id, score_a=score_a, score_b=score_b, reason="Preview.")
        after = Snapshot(match.tournament)
        transaction.set_rollback(True)
    return before.compared_with(after)


def change(
    match: Match,
    after: dict[str, Any],
    *,
    reason: str,
    by_id: int | None,
    undoes: Correction | None = None,
    lines: list[list[int]] | None = None,
) -> Correction:
    """Store another result, retract what was said of the old one, and let everything follow."""
    results.not_escalated(match, by_id)
    before = {name: getattr(match, name) for name in RESULT}
    if match.played_at is None or before == after:
        raise NothingToCorrect
    kept = lines_of(match)
    correction = Correction(
        match=match, by_id=by_id, reason=reason.strip(), before=before, after=after, undoes=undoes
    )
    correction.full_clean(exclude={"before", "after"})
    matches.retract(match)
    for name, value in after.items():
        setattr(match, name, value)
    match.save(update_fields=["score_a", "score_b", "outcome", "winner"])
    seat(match, lines if lines is not None else kept)
    matches.announce(match)
    lost = follow(match)
    correction.before = {**before, "lines": kept, "lost": lost}
    correction.save()
    kind = Done.CORRECTION_UNDONE if undoes else Done.CORRECTED
    audit.write(
        match.tournament_id,
        kind,
        by_id=by_id,
        match_id=match.pk,
        reason=correction.reason,
        correction=correction.pk,
    )
    return correction


def seat(match: Match, lines: list[list[int]]) -> None:
    """Let those have played a match who did: nobody a forfeited one, else everybody with his numbers."""
    if match.outcome != Outcome.PLAYED:
        match.participants.all().delete()
    elif not match.participants.exists():
        if match.phase_id and not lines:
            matches.store(match, results.lines_of(match, ()))
        MatchParticipant.objects.bulk_create(participants(match, lines))


def follow(match: Match) -> list[dict[str, Any]]:
    """Let the phase, the phases after it and the places follow; return the results that hold no more."""
    tournament = match.tournament
    lost: list[dict[str, Any]] = []
    if match.phase_id:
        held = {one.pk: one for one in decided_in(tournament)}
        kept = {pk: result_of(one) for pk, one in held.items()}
        progress.settle(phases.locked(match.phase_id))
        still = {one.pk: pair_of(one) for one in decided_in(tournament)}
        lost = [kept[pk] for pk, one in held.items() if still.get(pk) != pair_of(one)]
    if tournament.status == Status.COMPLETED:
        if tournament.phases.exclude(status=PhaseStatus.COMPLETED).exists():
            tournaments.reopen(tournament)
        else:
            tournaments.place_again(tournament)
    return lost


def bring_back(phase: Phase, lost: list[dict[str, Any]]) -> None:
    """Decide those matches again as they were whose sides are the same as then."""
    waiting = {one["match"]: one for one in lost}
    while waiting:
        open_again = Match.objects.filter(pk__in=waiting, status=MatchStatus.READY).order_by("pk")
        fitting = [match for match in open_again if pair_of(match) == waiting[match.pk]["pair"]]
        if not fitting:
            return
        for match in fitting:
            restore(match, waiting.pop(match.pk))
        progress.settle(phase)


@transaction.atomic(savepoint=False)
def restore(match: Match, kept: dict[str, Any]) -> None:
    """Give a match back the result that it had."""
    results.decide(match, kept["outcome"], kept["winner_id"], kept["score_a"], kept["score_b"])
    MatchParticipant.objects.bulk_create(participants(match, kept["lines"]))
    MatchMap.objects.bulk_create(MatchMap(match=match, **one) for one in kept["games"])
    matches.announce(match)


def decided_in(tournament: Tournament) -> list[Match]:
    """Return the matches of all phases that two entrants decided."""
    return list(tournament.matches.filter(phase__isnull=False, played_at__isnull=False).order_by("pk"))


def pair_of(match: Match) -> list[int | None]:
    """Return who plays, as JSON keeps it."""
    return [match.entry_a_id, match.entry_b_id]


def result_of(match: Match) -> dict[str, Any]:
    """Return all that has to be kept of a result so that it can be brought back."""
    games = match.maps.values("number", "mode", "map", "score_a", "score_b", "winner_id", "external_id")
    return {
        "match": match.pk,
        "pair": pair_of(match),
        **{name: getattr(match, name) for name in RESULT},
        "lines": lines_of(match),
        "games": list(games),
    }


def lines_of(match: Match) -> list[list[int]]:
    """Return the players' numbers."""
    rows = match.participants.order_by("user_id")
    return [list(row) for row in rows.values_list("user_id", "entry_id", "kills", "deaths", "assists")]


def participants(match: Match, lines: list[list[int]]) -> list[MatchParticipant]:
    """Return the players' numbers as rows that are not stored yet."""
    names = ("user_id", "entry_id", "kills", "deaths", "assists")
    return [MatchParticipant(match=match, **dict(zip(names, line, strict=True))) for line in lines]


class Snapshot:
    """A tournament at a moment: its matches, its places, who is in which match."""

    def __init__(self, tournament: Tournament) -> None:
        self.matches = {match.pk: match for match in tournament.matches.order_by("pk")}
        self.places = dict(tournament.entries.values_list("pk", "placement_from"))
        self.players: dict[int, set[int]] = {}
        for match_id, user_id in MatchParticipant.objects.filter(match__tournament=tournament).values_list(
            "match_id", "user_id"
        ):
            self.players.setdefault(match_id, set()).add(user_id)
        self.members: dict[int, set[int]] = {}
        for entry_id, user_id in tournament.participants.values_list("entry_id", "user_id"):
            self.members.setdefault(entry_id or 0, set()).add(user_id)
        self.status = Tournament.objects.values_list("status", flat=True).get(pk=tournament.pk)

    def compared_with(self, after: "Snapshot") -> Preview:
        """Return what is different in a later snapshot."""
        touched = [
            Touched(match, after.matches[pk])
            for pk, match in self.matches.items()
            if what_shows(match) != what_shows(after.matches[pk])
        ]
        moved = [
            Moved(entry_id, place, after.places[entry_id])
            for entry_id, place in self.places.items()
            if place != after.places[entry_id]
        ]
        players: set[int] = set()
        for one in touched:
            players |= self.players.get(one.before.pk, set()) | after.players.get(one.before.pk, set())
        for entry in moved:
            players |= self.members.get(entry.entry_id, set())
        return Preview(touched, moved, players, reopens=self.status != after.status)


def what_shows(match: Match) -> tuple[Any, ...]:
    """Return what somebody sees of a match."""
    return (*pair_of(match), match.status, *(getattr(match, name) for name in RESULT))
