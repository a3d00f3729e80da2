"""Entering tournaments and withdrawing, for programs; and what an organiser does with registrations."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Schema, Status

from apps.api.callers import Token, caller_of
from apps.api.pages import Page, Paging, page_of
from apps.api.problems import NOT_YOURS, Problem
from apps.api.schemas import Slug, Strict
from apps.api.scopes import Scope
from apps.teams import selectors as teams
from apps.tournaments.api.reading import tournament_of
from apps.tournaments.api.routes import router
from apps.tournaments.api.running import RUN, own
from apps.tournaments.models import Leaving, TournamentEntry
from apps.tournaments.selectors import eligibility
from apps.tournaments.selectors.speaking import registers, speaks_for
from apps.tournaments.services import admission, check_in, registration, results

ENTER = Token(Scope.ENTRIES_WRITE)
ENTRY = "/tournaments/{slug:slug}/entries/{int:entry_id}"


class EntryIn(Strict):
    """How you enter: alone, or with a team that you lead and some of its roster (none given: all)."""

    team: Slug | None = None
    players: list[str] | None = None


class EntryOut(Schema):
    """An entrant.

    `status` is PENDING, WAITLISTED, CONFIRMED, REJECTED (`reason` says why), WITHDRAWN or NO_SHOW.

    `left` is WITHDRAWN or DISQUALIFIED, empty while it plays.
    """

    id: int
    name: str
    status: str
    reason: str
    left: str
    checked_in_at: datetime | None


class ReasonIn(Strict):
    """Why; those whom it concerns read it."""

    reason: str


class VerdictOut(Schema):
    """A condition of the tournament: met (`ok`) or not; `text` says it to people."""

    code: str
    ok: bool
    text: str


class EligibilityOut(Schema):
    """Whether a registration would be accepted now, or still meets the conditions where there is one."""

    eligible: bool
    entry: EntryOut | None
    verdicts: list[VerdictOut]


@router.post(
    "/tournaments/{slug:slug}/entries/", response={201: EntryOut}, auth=ENTER, operation_id="enter_tournament"
)
def enter(request: HttpRequest, slug: str, data: EntryIn) -> Any:
    """Enter a tournament that has not begun: at once, after approval, or at the end of the waiting list."""
    tournament, user = tournament_of(slug), caller_of(request).user
    if data.team is None:
        return Status(201, registration.register_player(tournament_id=tournament.pk, user_id=user.pk))
    team, player_ids = squad(user.pk, data.team, data.players)
    entry = registration.register_team(tournament_id=tournament.pk, team_id=team.pk, player_ids=player_ids)
    return Status(201, entry)


@router.post(
    "/tournaments/{slug:slug}/eligibility/",
    response=EligibilityOut,
    auth=ENTER,
    operation_id="check_eligibility",
)
def check(request: HttpRequest, slug: str, data: EntryIn) -> Any:
    """Ask whether you could enter so, with the verdict on every condition; nothing is changed."""
    tournament, user = tournament_of(slug), caller_of(request).user
    team, player_ids = (None, [user.pk]) if data.team is None else squad(user.pk, data.team, data.players)
    facts = eligibility.facts_of(tournament, team, player_ids)
    entered = facts.entry is not None and facts.entry.stands
    found = eligibility.verdicts(facts, entered=entered)
    return {
        "eligible": not eligibility.failed(found),
        "entry": facts.entry,
        "verdicts": [{"code": one.code, "ok": one.ok, "text": str(one)} for one in found],
    }


def squad(user_id: int, slug: str, usernames: list[str] | None) -> tuple[Any, list[int]]:
    """Return a team that somebody may register, and those of its players who are named. Raises Problem."""
    team = teams.team_by_slug(slug)
    if team is None:
        raise ValidationError({"team": "There is no such team."})
    roster = {seat["username"].lower(): seat for seat in teams.get_team_roster(team.pk)}
    if not registers(user_id, team.pk):
        raise Problem(NOT_YOURS, "The captain of a team enters it, or a manager.")
    wanted = list(roster) if usernames is None else [name.lower() for name in usernames]
    if not wanted or not roster.keys() >= set(wanted):
        raise ValidationError({"players": "Name players of the roster, at least one."})
    return team, sorted({roster[name]["user_id"] for name in wanted})


@router.post(f"{ENTRY}/withdrawal/", response=EntryOut, auth=ENTER, operation_id="withdraw_entry")
def withdraw(request: HttpRequest, slug: str, entry_id: int) -> Any:
    """Withdraw: matches that wait are lost by forfeit; before the start, the first in line has the place.

    For you, for who leads your team, and for who runs the tournament.
    """
    tournament, user = tournament_of(slug), caller_of(request).user
    entry = entry_of(tournament.pk, entry_id)
    if speaks_for(user.pk, entry):
        return results.leave(entry_id=entry.pk, why=Leaving.WITHDRAWN)
    if not tournament.is_run_by(user):
        raise Problem(NOT_YOURS)
    return results.leave(entry_id=entry.pk, why=Leaving.WITHDRAWN, by_id=user.pk)


@router.get(
    "/tournaments/{slug:slug}/registrations/",
    response=Page[EntryOut],
    auth=RUN,
    operation_id="list_registrations",
)
def registrations(request: HttpRequest, response: HttpResponse, slug: str, paging: Query[Paging]) -> Any:
    """List all registrations of a tournament that you run, the first first, in whatever status they are."""
    rows = own(request, slug).entries.all()
    return page_of(request, response, rows, paging, by=["registered_at", "id"], show=list)


@router.post(f"{ENTRY}/check-in/", response=EntryOut, auth=ENTER, operation_id="check_in_entry")
def check_in_entry(request: HttpRequest, slug: str, entry_id: int) -> Any:
    """Say that an entrant is there, while check-in is open; who runs the tournament can until the start."""
    tournament, user = tournament_of(slug), caller_of(request).user
    entry = entry_of(tournament.pk, entry_id)
    if speaks_for(user.pk, entry):
        return check_in.check_in(entry_id=entry.pk)
    if not tournament.is_run_by(user):
        raise Problem(NOT_YOURS)
    return check_in.check_in(entry_id=entry.pk, by_id=user.pk)


@router.post(f"{ENTRY}/approval/", response=EntryOut, auth=RUN, operation_id="approve_entry")
def approve(request: HttpRequest, slug: str, entry_id: int) -> Any:
    """Admit a registration that waits for it: to a place, or to the line where there is none."""
    entry = entry_of(own(request, slug).pk, entry_id)
    return admission.approve(entry_id=entry.pk, by_id=caller_of(request).user.pk)


@router.post(f"{ENTRY}/rejection/", response=EntryOut, auth=RUN, operation_id="reject_entry")
def reject(request: HttpRequest, slug: str, entry_id: int, data: ReasonIn) -> Any:
    """Do not admit a registration, or take one out before the start."""
    entry = entry_of(own(request, slug).pk, entry_id)
    return admission.reject(entry_id=entry.pk, by_id=caller_of(request).user.pk, reason=data.reason)


@router.post(f"{ENTRY}/readmission/", response=EntryOut, auth=RUN, operation_id="readmit_entry")
def readmit(request: HttpRequest, slug: str, entry_id: int) -> Any:
    """Let those who were not admitted register again."""
    entry = entry_of(own(request, slug).pk, entry_id)
    return admission.readmit(entry_id=entry.pk, by_id=caller_of(request).user.pk)


@router.post(f"{ENTRY}/disqualification/", response=EntryOut, auth=RUN, operation_id="disqualify_entry")
def disqualify(request: HttpRequest, slug: str, entry_id: int, data: ReasonIn) -> Any:
    """Disqualify: every match that waits is lost, what was played stands."""
    entry = entry_of(own(request, slug).pk, entry_id)
    return results.leave(
        entry_id=entry.pk, why=Leaving.DISQUALIFIED, by_id=caller_of(request).user.pk, reason=data.reason
    )


def entry_of(tournament_id: int, entry_id: int) -> TournamentEntry:
    """Return an entry of a tournament. Raises Http404."""
    entry = TournamentEntry.objects.filter(tournament_id=tournament_id, pk=entry_id).first()
    if entry is None:
        raise Http404(str(entry_id))
    return entry
