"""Running a tournament, for programs: announced, in phases, begun, over."""

from datetime import datetime
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import PatchDict, Query, Schema, Status
from pydantic import AfterValidator, AwareDatetime

from apps.api.callers import Token, caller_of
from apps.api.pages import Page, Paging, page_of
from apps.api.problems import NOT_YOURS, Problem
from apps.api.schemas import Slug, Strict
from apps.api.scopes import Scope
from apps.games import selectors as games
from apps.tournaments.api.reading import PhaseOut, TournamentOut, shown, tournament_of
from apps.tournaments.api.routes import router
from apps.tournaments.models import Entrants, Phase, Seeding, Tournament, TournamentAction
from apps.tournaments.models.tournament import REPORT_MINUTES
from apps.tournaments.services import phases, tournaments

RUN = Token(Scope.TOURNAMENTS_WRITE)
YEARS = range(1970, 2200)


def in_our_time(moment: datetime) -> datetime:
    """Refuse a time that no tournament has, and no column in every time zone."""
    if moment.year not in YEARS:
        raise ValueError(f"The year has to be from {YEARS[0]} to {YEARS[-1]}.")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(in_our_time)]


class EntranceIn(Strict):
    """Who may enter; null and empty are no limit. `entrants` is ANY, TEAMS or PLAYERS."""

    title: str = ""
    city: str = ""
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    entrants: Entrants = Entrants.ANY
    capacity: int | None = None
    approval: bool = False
    squad_min: int | None = None
    squad_max: int | None = None
    regions: list[str] = []
    rank_min: str = ""
    rank_max: str = ""
    closes_at: Moment | None = None
    check_in_opens_at: Moment | None = None
    check_in_closes_at: Moment | None = None
    report_minutes: int = REPORT_MINUTES


class TournamentIn(EntranceIn):
    """A new tournament; `game` is the slug of its game. Times have an offset."""

    name: str
    game: Slug


class PhaseIn(Strict):
    """A new phase, the last one so far; `draw_seed` repeats lots that were drawn elsewhere."""

    format: str
    settings: dict[str, Any] = {}
    name: str = ""
    seeding: Seeding = Seeding.HAND
    draw_seed: int | None = None
    advancing: int | None = None


class ActionOut(Schema):
    """Something that who runs a tournament did: `by` is his username, `entry` and `match` are ids."""

    id: int
    kind: str
    by: str
    entry: int | None
    match: int | None
    reason: str
    done_at: datetime

    @staticmethod
    def resolve_by(action: TournamentAction) -> str:
        """Return the username."""
        return action.by.username

    @staticmethod
    def resolve_entry(action: TournamentAction) -> int | None:
        """Return the id."""
        return action.entry_id

    @staticmethod
    def resolve_match(action: TournamentAction) -> int | None:
        """Return the id."""
        return action.match_id


class SeedsIn(Strict):
    """All entrants of a phase by the ids of their entries, the best first."""

    entries: list[int]


@router.post("/tournaments/", response={201: TournamentOut}, auth=RUN, operation_id="create_tournament")
def create(request: HttpRequest, response: HttpResponse, data: TournamentIn) -> Any:
    """Announce a tournament, which you run then. Needs the permission to add tournaments."""
    user = caller_of(request).user
    if not user.has_perm("tournaments.add_tournament"):
        raise Problem(NOT_YOURS, "The staff says who may announce tournaments: ask for it.")
    game = games.game_by_slug(data.game)
    if game is None:
        raise ValidationError({"game": "There is no such game. Choose one of /api/v1/games/."})
    given = data.model_dump(exclude={"game"})
    made = tournaments.create(game_id=game.pk, organiser_id=user.pk, **given)
    response.headers["Location"] = f"{request.path}{made.slug}/"
    return Status(201, shown(made))


@router.patch(
    "/tournaments/{slug:slug}/", response=TournamentOut, auth=RUN, operation_id="configure_tournament"
)
def configure(request: HttpRequest, slug: str, data: PatchDict[EntranceIn]) -> Any:
    """Change who may enter, and when it is; more places are given to those in line at once."""
    found, by_id = own(request, slug), caller_of(request).user.pk
    return shown(tournaments.configure(tournament_id=found.pk, changes=data, by_id=by_id))


@router.post(
    "/tournaments/{slug:slug}/start/", response=TournamentOut, auth=RUN, operation_id="start_tournament"
)
def start(request: HttpRequest, slug: str) -> Any:
    """Begin: nobody enters any more, phases can be started."""
    return shown(tournaments.start(tournament_id=own(request, slug).pk, by_id=caller_of(request).user.pk))


@router.post(
    "/tournaments/{slug:slug}/completion/",
    response=TournamentOut,
    auth=RUN,
    operation_id="complete_tournament",
)
def complete(request: HttpRequest, slug: str) -> Any:
    """End: everybody gets his place."""
    return shown(tournaments.complete(tournament_id=own(request, slug).pk, by_id=caller_of(request).user.pk))


@router.post("/tournaments/{slug:slug}/phases/", response={201: PhaseOut}, auth=RUN, operation_id="add_phase")
def add_phase(request: HttpRequest, slug: str, data: PhaseIn) -> Any:
    """Plan one more phase."""
    found, by_id = own(request, slug), caller_of(request).user.pk
    return Status(201, phases.add(tournament_id=found.pk, by_id=by_id, **data.model_dump()))


@router.put(
    "/tournaments/{slug:slug}/phases/{int:number}/seeds/",
    response=PhaseOut,
    auth=RUN,
    operation_id="seed_phase",
)
def seed(request: HttpRequest, slug: str, number: int, data: SeedsIn) -> Any:
    """Put the entrants of a phase that has not begun into an order."""
    return phases.seed(
        phase_id=phase_of(request, slug, number).pk,
        entry_ids=data.entries,
        by_id=caller_of(request).user.pk,
    )


@router.post(
    "/tournaments/{slug:slug}/phases/{int:number}/start/",
    response=PhaseOut,
    auth=RUN,
    operation_id="start_phase",
)
def start_phase(request: HttpRequest, slug: str, number: int) -> Any:
    """Draw a phase: its first matches can be played."""
    return phases.start(phase_id=phase_of(request, slug, number).pk, by_id=caller_of(request).user.pk)


@router.get(
    "/tournaments/{slug:slug}/actions/", response=Page[ActionOut], auth=RUN, operation_id="list_actions"
)
def actions(request: HttpRequest, response: HttpResponse, slug: str, paging: Query[Paging]) -> Any:
    """List what was done by those who run your tournament, the latest first. Nothing is ever removed."""
    rows = own(request, slug).actions.select_related("by")
    return page_of(request, response, rows, paging, by=["-done_at", "-id"], show=list)


def own(request: HttpRequest, slug: str) -> Tournament:
    """Return a tournament that the one who asks runs. Raises Http404, Problem."""
    found = tournament_of(slug)
    if not found.is_run_by(caller_of(request).user):
        raise Problem(NOT_YOURS)
    return found


def phase_of(request: HttpRequest, slug: str, number: int) -> Phase:
    """Return a phase of a tournament that the one who asks runs. Raises Http404, Problem."""
    found = own(request, slug).phases.filter(number=number).first()
    if found is None:
        raise Http404(str(number))
    return found
