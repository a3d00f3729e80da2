"""Entering tournaments and withdrawing, for programs."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from ninja import Schema, Status

from apps.api.callers import Token, caller_of
from apps.api.problems import NOT_YOURS, Problem
from apps.api.schemas import Slug, Strict
from apps.api.scopes import Scope
from apps.teams import selectors as teams
from apps.tournaments.api.reading import tournament_of
from apps.tournaments.api.routes import router
from apps.tournaments.models import Leaving, TournamentEntry
from apps.tournaments.services import registration, results


class EntryIn(Strict):
    """How you enter: alone, or as captain with a team and some players of its roster (none given: all)."""

    team: Slug | None = None
    players: list[str] | None = None


class EntryOut(Schema):
    """An entrant; `left` is WITHDRAWN or DISQUALIFIED, empty while it plays."""

    id: int
    name: str
    left: str


@router.post(
    "/tournaments/{slug:slug}/entries/",
    response={201: EntryOut},
    auth=Token(Scope.ENTRIES_WRITE),
    operation_id="enter_tournament",
)
def enter(request: HttpRequest, slug: str, data: EntryIn) -> Any:
    """Enter a tournament that has not begun."""
    tournament, user = tournament_of(slug), caller_of(request).user
    if data.team is None:
        return Status(201, registration.register_player(tournament_id=tournament.pk, user_id=user.pk))
    team_id, player_ids = squad(user.pk, data.team, data.players)
    entry = registration.register_team(tournament_id=tournament.pk, team_id=team_id, player_ids=player_ids)
    return Status(201, entry)


def squad(user_id: int, slug: str, usernames: list[str] | None) -> tuple[int, list[int]]:
    """Return a team that somebody leads, and those of its players who are named. Raises Problem."""
    team = teams.team_by_slug(slug)
    if team is None:
        raise ValidationError({"team": "There is no such team."})
    roster = {seat["username"].lower(): seat for seat in teams.get_team_roster(team.pk)}
    if not any(seat["user_id"] == user_id and seat["role"] == "CAPTAIN" for seat in roster.values()):
        raise Problem(NOT_YOURS, "The captain of a team enters it.")
    wanted = list(roster) if usernames is None else [name.lower() for name in usernames]
    if not wanted or not roster.keys() >= set(wanted):
        raise ValidationError({"players": "Name players of the roster, at least one."})
    return team.pk, sorted({roster[name]["user_id"] for name in wanted})


@router.post(
    "/tournaments/{slug:slug}/entries/{int:entry_id}/withdrawal/",
    response=EntryOut,
    auth=Token(Scope.ENTRIES_WRITE),
    operation_id="withdraw_entry",
)
def withdraw(request: HttpRequest, slug: str, entry_id: int) -> Any:
    """Withdraw: matches that wait are lost by forfeit. For you, the captain of your team, and who runs it."""
    tournament, user = tournament_of(slug), caller_of(request).user
    entry = TournamentEntry.objects.filter(tournament=tournament, pk=entry_id).first()
    if entry is None:
        raise Http404(str(entry_id))
    if not (leads(user.pk, entry) or tournament.is_run_by(user)):
        raise Problem(NOT_YOURS)
    return results.leave(entry_id=entry.pk, why=Leaving.WITHDRAWN)


def leads(user_id: int, entry: TournamentEntry) -> bool:
    """Tell whether somebody speaks for an entrant."""
    if entry.team_id is None:
        return entry.user_id == user_id
    roster = teams.get_team_roster(entry.team_id)
    return any(seat["user_id"] == user_id and seat["role"] == "CAPTAIN" for seat in roster)
