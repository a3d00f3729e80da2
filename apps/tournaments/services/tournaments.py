"""The life of a tournament: announced, started, completed."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from apps.tournaments.formats.placements import Place, places
from apps.tournaments.formats.results import Result
from apps.tournaments.models import NAME_CHARS_MAX, Match, Status, Tournament, TournamentEntry, moment
from apps.tournaments.signals import tournament_completed, tournament_placement


def create(
    *,
    name: str,
    game_id: int,
    title: str = "",
    city: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    external_id: str | None = None,
) -> Tournament:
    """Announce a tournament; the slug is made from its name.

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
            return tournament


@transaction.atomic
def start(*, tournament_id: int) -> Tournament:
    """Begin: registration closes, matches can be recorded.

    Raises WrongStatus.
    """
    tournament = lock(tournament_id)
    tournament.become(Status.LIVE)
    tournament.save(update_fields=["status"])
    return tournament


@transaction.atomic
def complete(*, tournament_id: int) -> Tournament:
    """End: every entry gets its place, every player hears of it.

    Raises WrongStatus.
    """
    tournament = lock(tournament_id)
    tournament.become(Status.COMPLETED)
    tournament.ends_at = tournament.ends_at or max(moment(), tournament.starts_at or moment())
    tournament.save(update_fields=["status", "ends_at"])
    place_of = place_entries(tournament)
    players = list(tournament.participants.order_by("user_id").values_list("user_id", "entry_id"))
    tournament_placement.send_many(
        Tournament,
        [
            {"user_id": user_id, "tournament_id": tournament.pk, "placement": place_of[entry_id].first}
            for user_id, entry_id in players
            if entry_id in place_of
        ],
    )
    tournament_completed.send_many(
        Tournament, [{"user_id": user_id, "tournament_id": tournament.pk} for user_id, _ in players]
    )
    return tournament


def place_entries(tournament: Tournament) -> dict[int, Place]:
    """Write the places that follow from the matches into the entries; return them by entry."""
    found = places(results(tournament.pk))
    entries = []
    placed: dict[int, Place] = {}
    for entry in tournament.entries.all():
        if place := found.get(entry.team_id or ""):
            placed[entry.pk] = place
            entry.placement_from, entry.placement_to = place.first, place.last
            entries.append(entry)
    TournamentEntry.objects.bulk_update(entries, ["placement_from", "placement_to"])
    return placed


def results(tournament_id: int) -> Iterator[Result]:
    """Yield the matches of a tournament as the formats see them."""
    fields = ("team_a", "team_b", "score_a", "score_b", "winner", "stage", "group", "round", "number")
    for row in Match.objects.filter(tournament_id=tournament_id).order_by("pk").values_list(*fields):
        yield Result(*row)


def lock(tournament_id: int) -> Tournament:
    """Return the tournament, locked: its matches and its status change one after the other."""
    return Tournament.objects.select_for_update(no_key=True).get(pk=tournament_id)


def free_slug(name: str) -> str:
    """Return a slug made of a name that no tournament has: `cwl-dallas`, `cwl-dallas-2` ..."""
    base = slugify(name)[: NAME_CHARS_MAX - 8].strip("-") or "tournament"
    taken = set(Tournament.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(slug for slug in candidates if slug not in taken)
