"""Results of the matches of a phase: played, forfeited, and what follows when somebody leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.tournaments.formats.results import Outcome
from apps.tournaments.formats.settings import Table, settings_of
from apps.tournaments.models import (
    Done,
    Leaving,
    Match,
    MatchStatus,
    Phase,
    PhaseStatus,
    Registration,
    Stand,
    Status,
    TournamentEntry,
    TournamentParticipant,
    WrongTurn,
    moment,
)
from apps.tournaments.services import admission, audit, matches, phases, progress
from apps.tournaments.services.locks import lock_tournament
from apps.tournaments.services.matches import Game, ImpossibleResult, Line
from apps.tournaments.signals import tournament_match_started


@dataclass(frozen=True, slots=True)
class Numbers:
    """A player's numbers in a match."""

    user_id: int
    kills: int = 0
    deaths: int = 0
    assists: int = 0


class MatchNotReady(ValidationError):
    """The match waits for its sides, is over, or is not needed: a result that is wrong is corrected."""

    def __init__(self, match: Match) -> None:
        super().__init__(
            "This match cannot be decided now: it is %(status)s.",
            code="match_not_ready",
            params={"status": match.get_status_display().lower()},
        )


class Escalated(ValidationError):
    """The staff decides this match, by its dispute: `disputes.decide`."""

    def __init__(self) -> None:
        super().__init__("This match is before the staff, who decides its dispute.", code="escalated")


class NotInThisMatch(ValidationError):
    """The entry plays another match."""

    def __init__(self) -> None:
        super().__init__("This entrant does not play in this match.", code="not_in_this_match")


class HasLeft(ValidationError):
    """The entrant has left already."""

    def __init__(self) -> None:
        super().__init__("This entrant has left the tournament already.", code="has_left")


@transaction.atomic
def play(
    *,
    match_id: int,
    score_a: int,
    score_b: int,
    players: Sequence[Numbers] = (),
    games: Sequence[Game] = (),
    played_at: datetime | None = None,
    by_id: int | None = None,
) -> Match:
    """Decide a match by its score, in games won; without `players` all who are registered took part.

    A game is won by its higher score. `by_id` is an organiser.

    Raises MatchNotReady, Escalated, ImpossibleResult, PlayerNotRegistered.
    """
    match = ready(match_id)
    not_escalated(match, by_id)
    check_score(match, score_a, score_b)
    matches.store(match, lines_of(match, players))
    matches.store_games(match, [(game, winner_of(match, game.score_a, game.score_b)) for game in games])
    decide(match, Outcome.PLAYED, winner_of(match, score_a, score_b), score_a, score_b, played_at)
    score = f"{score_a}:{score_b}"
    audit.write(match.tournament_id, Done.RESULT_ENTERED, by_id=by_id, match_id=match_id, score=score)
    matches.announce(match)
    progress.settle(phase_of(match))
    return match


@transaction.atomic
def forfeit(*, match_id: int, entry_id: int | None = None, by_id: int | None = None) -> Match:
    """Give a match to the opponent of an entrant who does not play it; without one, nobody wins it.

    Nobody has played, so nobody's statistics change.
    Raises MatchNotReady, Escalated, NotInThisMatch.
    """
    match = ready(match_id)
    not_escalated(match, by_id)
    if entry_id is None:
        decide(match, Outcome.DOUBLE_FORFEIT, None, 0, 0)
    else:
        decide(match, Outcome.FORFEIT, opponent_of(match, entry_id), 0, 0)
    audit.write(match.tournament_id, Done.FORFEITED, by_id=by_id, match_id=match_id, entry_id=entry_id)
    progress.settle(phase_of(match))
    return match


@transaction.atomic
def leave(
    *, entry_id: int, why: str = Leaving.WITHDRAWN, reason: str = "", by_id: int | None = None
) -> TournamentEntry:
    """Let an entrant play no further match: those that wait for him are lost by forfeit, in all phases.

    Before the tournament begins the registration ends, and the place is given on. `by_id` is an organiser.
    Raises HasLeft, WrongTurn for one that was not admitted, WrongStatus once the tournament is completed.
    """
    tournament_id = TournamentEntry.objects.values_list("tournament_id", flat=True).get(pk=entry_id)
    tournament = lock_tournament(tournament_id)
    if tournament.status == Status.COMPLETED:
        tournament.must_be(Status.LIVE)
    entry = TournamentEntry.objects.select_for_update(no_key=True).get(pk=entry_id)
    if entry.left:
        raise HasLeft
    if not entry.stands:
        raise WrongTurn(entry, Registration.WITHDRAWN)
    entry.tournament = tournament
    audit.write(tournament_id, Done(why), by_id=by_id, entry_id=entry_id, reason=reason)
    if tournament.status == Status.UPCOMING:
        admission.withdraw(entry)
        return entry
    progress.leave(entry, Leaving(why))
    admission.say_withdrawn(entry, admission.players_of(entry), began=True)
    for phase in tournament.phases.filter(status=PhaseStatus.LIVE, entries__entry=entry).order_by("number"):
        progress.settle(phase)
    return entry


@transaction.atomic
def begin(*, match_id: int) -> Match:
    """Say that a match is being played: its pairing stands from now on. Said again, it changes nothing.

    Raises MatchNotReady.
    """
    match = ready(match_id)
    if match.status != MatchStatus.LIVE:
        match.status = MatchStatus.LIVE
        match.save(update_fields=["status"])
        tournament_match_started.send_many(Match, progress.for_players([match]))
    return match


def ready(match_id: int) -> Match:
    """Return a match of a phase whose sides are known and that is not decided, locked after its tournament.

    Raises MatchNotReady, WrongStatus unless the tournament is live.
    """
    match = matches.locked(match_id)
    if match.phase_id is None or match.status not in (MatchStatus.READY, MatchStatus.LIVE):
        raise MatchNotReady(match)
    match.tournament.must_be(Status.LIVE)
    return match


def not_escalated(match: Match, by_id: int | None) -> None:
    """Raise Escalated where an organiser would decide what he was asked to leave to the staff."""
    if by_id is not None and match.disputes.filter(status=Stand.ESCALATED).exists():
        raise Escalated


def phase_of(match: Match) -> Phase:
    """Return the phase of a match, locked."""
    assert match.phase_id
    return phases.locked(match.phase_id)


def check_score(match: Match, score_a: int, score_b: int) -> None:
    """Raise ImpossibleResult for a score that a match of this length cannot end with.

    A match of one game is won by its points, whatever they are; a longer one by more than half of the games.
    """
    matches.check_scores(score_a, score_b)
    phase = match.phase
    assert phase
    settings = settings_of(phase.format, phase.settings)
    level_allowed = isinstance(settings, Table) and settings.draws
    if score_a == score_b:
        if not level_allowed:
            raise ImpossibleResult("This match cannot end level.", code="level")
    elif (match.best_of or 1) > 1:
        needed = (match.best_of or 1) // 2 + 1
        if max(score_a, score_b) != needed:
            raise ImpossibleResult(
                "A best of %(best_of)s is won with %(needed)s games.",
                code="not_won",
                params={"best_of": match.best_of, "needed": needed},
            )
    if (match.best_of or 1) > 1 and score_a + score_b > (match.best_of or 1):
        raise ImpossibleResult("More games than the match has.", code="too_many_games")


def winner_of(match: Match, score_a: int, score_b: int) -> int | None:
    """Return the entry with the higher score, None when they are level."""
    if score_a == score_b:
        return None
    return match.entry_a_id if score_a > score_b else match.entry_b_id


def opponent_of(match: Match, entry_id: int) -> int | None:
    """Return the other entry of a match.

    Raises NotInThisMatch.
    """
    if entry_id not in (match.entry_a_id, match.entry_b_id):
        raise NotInThisMatch
    return match.entry_b_id if entry_id == match.entry_a_id else match.entry_a_id


def decide(
    match: Match,
    outcome: str,
    winner_id: int | None,
    score_a: int,
    score_b: int,
    played_at: datetime | None = None,
) -> None:
    """Store how a match ended, with the names of now."""
    match.status, match.outcome, match.winner_id = MatchStatus.COMPLETED, outcome, winner_id
    match.score_a, match.score_b = score_a, score_b
    match.played_at = played_at or match.played_at or moment()
    match.name_a, match.name_b = matches.names_of(match)
    match.report_due_at = None
    match.save(
        update_fields=[
            "status", "outcome", "winner", "score_a", "score_b", "played_at", "name_a", "name_b",
            "report_due_at",
        ]
    )  # fmt: skip


def lines_of(match: Match, players: Sequence[Numbers]) -> list[tuple[Line, int]]:
    """Return a line for every player, with the entry he is registered with; for all when none is given.

    Raises PlayerNotRegistered, ImpossibleResult.
    """
    entries = [match.entry_a_id, match.entry_b_id]
    seats = TournamentParticipant.objects.filter(entry__in=entries).order_by("user_id")
    entry_of = {user_id: entry_id or 0 for user_id, entry_id in seats.values_list("user_id", "entry_id")}
    given = players or [Numbers(user_id) for user_id in entry_of]
    if strangers := {one.user_id for one in given} - entry_of.keys():
        raise matches.PlayerNotRegistered(sorted(strangers))
    if len({one.user_id for one in given}) != len(given):
        raise ImpossibleResult("A player has one line in a match.", code="player_twice")
    for one in given:
        matches.check_scores(one.kills, one.deaths, one.assists)
    return [
        (Line(one.user_id, 0, one.kills, one.deaths, one.assists), entry_of[one.user_id]) for one in given
    ]
