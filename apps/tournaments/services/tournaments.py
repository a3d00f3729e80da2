"""The life of a tournament: announced, started, completed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count, groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from apps.tournaments.formats.engine import places_of
from apps.tournaments.formats.placements import Place, places
from apps.tournaments.formats.results import Result, TeamKey
from apps.tournaments.models import (
    NAME_CHARS_MAX,
    Done,
    Entrance,
    Match,
    PhaseEntry,
    PhaseStatus,
    Registration,
    Status,
    Tournament,
    TournamentEntry,
    moment,
)
from apps.tournaments.services import admission, audit, check_in, pool
from apps.tournaments.services.locks import lock_tournament
from apps.tournaments.signals import (
    tournament_completed,
    tournament_placement,
    tournament_placement_retracted,
    tournament_started,
)


class PhasesOpen(ValidationError):
    """A phase is not over yet: play it to its end first."""

    def __init__(self) -> None:
        super().__init__("Every phase has to be over first.", code="phases_open")


def create(
    *,
    name: str,
    game_id: int,
    title: str = "",
    city: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    external_id: str | None = None,
    organiser_id: int | None = None,
    **entrance: Any,
) -> Tournament:
    """Announce a tournament; the slug is made from its name, `entrance` says who may enter.

    Raises ValidationError, by field.
    """
    tournament = Tournament(
        name=" ".join(name.split()),
        game_id=game_id,
        title=title,
        city=city,
        starts_at=starts_at,
        ends_at=ends_at,
        external_id=external_id,
        organiser_id=organiser_id,
        **entrance,
    )
    tournament.full_clean(exclude={"slug"})
    while True:
        tournament.slug = free_slug(tournament.name)
        try:
            with transaction.atomic():
                tournament.save()
        except IntegrityError:
            # Another transaction took the slug meanwhile; anything else is not ours to mend.
            if not Tournament.objects.filter(slug=tournament.slug).exists():
                raise
        else:
            audit.write(tournament.pk, Done.ANNOUNCED, by_id=organiser_id)
            return tournament


ENTRANCE = tuple(field.name for field in Entrance._meta.local_fields)
"""What `configure` changes: who may enter."""
EDITABLE = (*ENTRANCE, "title", "city", "starts_at", "ends_at")


@transaction.atomic
def configure(*, tournament_id: int, changes: Mapping[str, Any], by_id: int | None = None) -> Tournament:
    """Change who may enter and when it is; who is registered stays, and more places are given on at once.

    Raises WrongStatus once the tournament has begun, ValidationError by field.
    """
    tournament = lock_tournament(tournament_id)
    tournament.must_be(Status.UPCOMING)
    changed = [name for name in EDITABLE if name in changes and changes[name] != getattr(tournament, name)]
    for name in changed:
        setattr(tournament, name, changes[name])
    if tournament.check_in_closes_at is None:
        tournament.check_in = ""
        changed.append("check_in")
    tournament.full_clean(exclude={"slug"})
    tournament.save(update_fields=changed)
    audit.write(tournament_id, Done.CONFIGURED, by_id=by_id, changed=changed)
    check_in.advance(tournament)
    admission.promote(tournament)
    return tournament


@transaction.atomic
def start(*, tournament_id: int, by_id: int | None = None) -> Tournament:
    """Begin: registration closes, who waits still is turned down, matches can be recorded.

    Raises WrongStatus.
    """
    tournament = lock_tournament(tournament_id)
    check_in.close_early(tournament)
    tournament.become(Status.LIVE)
    admission.close(tournament)
    tournament.save(update_fields=["status"])
    audit.write(tournament_id, Done.STARTED, by_id=by_id)
    tournament_started.send(Tournament, tournament_id=tournament_id)
    return tournament


@transaction.atomic
def complete(*, tournament_id: int, by_id: int | None = None) -> Tournament:
    """End: every entry gets its place, every player hears of it; that it is over is said once only.

    Raises WrongStatus, PhasesOpen.
    """
    tournament = lock_tournament(tournament_id)
    if tournament.phases.exclude(status=PhaseStatus.COMPLETED).exists():
        raise PhasesOpen
    tournament.become(Status.COMPLETED)
    first_time = tournament.completed_at is None
    tournament.completed_at = tournament.completed_at or moment()
    tournament.ends_at = tournament.ends_at or max(moment(), tournament.starts_at or moment())
    tournament.save(update_fields=["status", "ends_at", "completed_at"])
    audit.write(tournament_id, Done.COMPLETED, by_id=by_id)
    place_entries(tournament)
    tournament_placement.send_many(Tournament, placements(tournament))
    if not first_time:
        return tournament
    confirmed = tournament.participants.filter(entry__status=Registration.CONFIRMED)
    players = list(confirmed.order_by("user_id").values_list("user_id", flat=True))
    if not players:
        pool.give_up(tournament)
    tournament_completed.send_many(
        Tournament, [{"user_id": user_id, "tournament_id": tournament.pk} for user_id in players]
    )
    return tournament


def place_entries(tournament: Tournament) -> None:
    """Write the places that follow from the matches into the entries."""
    found = places_by_phases(tournament) or places(results(tournament.pk))
    moved = []
    for entry in tournament.entries.confirmed():
        place = found.get(entry.pk)
        first, last = (place.first, place.last) if place else (None, None)
        if (entry.placement_from, entry.placement_to) != (first, last):
            entry.placement_from, entry.placement_to = first, last
            moved.append(entry)
    TournamentEntry.objects.bulk_update(moved, ["placement_from", "placement_to"])


def places_by_phases(tournament: Tournament) -> Mapping[TeamKey, Place]:
    """Return the places of all who were in a phase: those of the last one first, then who left before."""
    tiers: list[list[TeamKey]] = []
    seen: set[TeamKey] = set()
    rows = PhaseEntry.objects.filter(phase__tournament=tournament, place_from__isnull=False)
    in_order = rows.order_by("-phase__number", "place_from", "seed")
    for _, equals in groupby(in_order, key=lambda row: (row.phase_id, row.place_from)):
        tier: list[TeamKey] = [row.entry_id for row in equals if row.entry_id not in seen]
        seen.update(tier)
        tiers.append(tier)
    return places_of([tier for tier in tiers if tier])


@transaction.atomic(savepoint=False)
def reopen(tournament: Tournament) -> None:
    """Let a completed tournament be played on, because a correction left matches to be played again."""
    before = placements(tournament)
    tournament.entries.update(placement_from=None, placement_to=None)
    tournament.status = Status.LIVE
    tournament.save(update_fields=["status"])
    tournament_placement_retracted.send_many(Tournament, before)


@transaction.atomic(savepoint=False)
def place_again(tournament: Tournament) -> None:
    """Place the entries of a completed tournament anew; the players of those that move hear of it."""
    before = placements(tournament)
    place_entries(tournament)
    after = placements(tournament)
    tournament_placement_retracted.send_many(Tournament, [said for said in before if said not in after])
    tournament_placement.send_many(Tournament, [said for said in after if said not in before])


def placements(tournament: Tournament) -> list[dict[str, Any]]:
    """Return what is said of each player whose entry has a place, in order of players."""
    placed = tournament.participants.filter(entry__placement_from__isnull=False).order_by("user_id")
    return [
        {"user_id": user_id, "tournament_id": tournament.pk, "placement": place}
        for user_id, place in placed.values_list("user_id", "entry__placement_from")
    ]


def results(tournament_id: int) -> Iterator[Result]:
    """Yield the matches of a tournament as the formats see them."""
    fields = ("entry_a", "entry_b", "score_a", "score_b", "winner", "stage", "group", "round", "number")
    played = Match.objects.filter(tournament_id=tournament_id, played_at__isnull=False)
    for row in played.order_by("pk").values_list(*fields):
        yield Result(*row)


def free_slug(name: str) -> str:
    """Return a slug made of a name that no tournament has: `cwl-dallas`, `cwl-dallas-2` ..."""
    base = slugify(name)[: NAME_CHARS_MAX - 8].strip("-") or "tournament"
    taken = set(Tournament.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(slug for slug in candidates if slug not in taken)
