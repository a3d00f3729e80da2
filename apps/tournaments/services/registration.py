"""Registration: who enters a tournament, and with which players."""

from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.teams import selectors as teams
from apps.tournaments.models import Status, Tournament, TournamentEntry, TournamentParticipant
from apps.tournaments.services import tournaments
from apps.tournaments.signals import tournament_registered
from apps.user_profile import selectors as players
from apps.user_profile.services import profiles
from apps.user_profile.services.game_passport_service import GamePassportService


class PassportRequired(ValidationError):
    """Players have no passport of the tournament's game: `passports.add` makes one."""

    def __init__(self, game_name: str, user_ids: Collection[int]) -> None:
        super().__init__(
            "Please add game passport first: %(game)s", code="passport_required", params={"game": game_name}
        )
        self.user_ids = sorted(user_ids)


class AlreadyRegistered(ValidationError):
    """The team, or a player of it, is in the tournament already; new players come by `add_players`."""

    def __init__(self, who: str) -> None:
        super().__init__(
            "%(who)s is registered for this tournament already.",
            code="already_registered",
            params={"who": who},
        )


class NotOnRoster(ValidationError):
    """Players are not in the team: `roster.join` seats them."""

    def __init__(self, user_ids: Collection[int]) -> None:
        super().__init__("Only players on the team's roster can be registered.", code="not_on_roster")
        self.user_ids = sorted(user_ids)


@transaction.atomic
def register_team(*, tournament_id: int, team_id: int, player_ids: Collection[int]) -> TournamentEntry:
    """Enter a team with some of its players.

    Raises WrongStatus once the tournament has begun, AlreadyRegistered, NotOnRoster, PassportRequired.
    """
    tournament = opened(tournament_id, player_ids, Status.UPCOMING)
    entry = TournamentEntry(tournament=tournament, team_id=team_id)
    on_roster(team_id, player_ids)
    assert entry.team is not None
    entry.name = entry.team.name
    if tournament.entries.filter(team_id=team_id).exists():
        raise AlreadyRegistered(entry.name)
    if taken := tournament.participants.filter(user_id__in=player_ids).first():
        raise AlreadyRegistered(taken.game_ign)
    entry.save()
    seat(tournament, entry, player_ids)
    return entry


@transaction.atomic
def register_player(*, tournament_id: int, user_id: int) -> TournamentEntry:
    """Enter a player alone.

    Raises WrongStatus once the tournament has begun, AlreadyRegistered, PassportRequired.
    """
    tournament = opened(tournament_id, [user_id], Status.UPCOMING)
    name = players.names_of([user_id])[user_id]
    if tournament.participants.filter(user_id=user_id).exists():
        raise AlreadyRegistered(name)
    entry = TournamentEntry.objects.create(tournament=tournament, user_id=user_id, name=name)
    seat(tournament, entry, [user_id])
    return entry


@transaction.atomic
def add_players(*, tournament_id: int, team_id: int, player_ids: Collection[int]) -> TournamentEntry:
    """Let an entered team play with more players, also while the tournament is played.

    Who is registered already is not registered again; with another team, he changes over to this one.
    Raises WrongStatus once the tournament is completed, NotOnRoster, PassportRequired.
    """
    tournament = opened(tournament_id, player_ids, Status.UPCOMING, Status.LIVE)
    entry = tournament.entries.get(team_id=team_id)
    on_roster(team_id, player_ids)
    known = tournament.participants.filter(user_id__in=player_ids)
    registered = set(known.values_list("user_id", flat=True))
    known.exclude(entry=entry).update(entry=entry)
    seat(tournament, entry, set(player_ids) - registered)
    return entry


def opened(tournament_id: int, player_ids: Iterable[int], *statuses: str) -> Tournament:
    """Return the tournament, locked after its players' profiles, if it is in one of these statuses."""
    profiles.hold(player_ids)
    tournament = tournaments.lock(tournament_id)
    if tournament.status not in statuses:
        tournament.must_be(statuses[0])
    return tournament


def on_roster(team_id: int, player_ids: Iterable[int]) -> None:
    """Raise NotOnRoster unless all these players are in the team."""
    seated = {seat["user_id"] for seat in teams.get_team_roster(team_id)}
    if strangers := set(player_ids) - seated:
        raise NotOnRoster(strangers)


def seat(tournament: Tournament, entry: TournamentEntry, player_ids: Collection[int]) -> None:
    """Register players with the names of their passports, and announce each."""
    passports = GamePassportService.get_passports_for_game(set(player_ids), tournament.game_id)
    if without := set(player_ids) - passports.keys():
        raise PassportRequired(tournament.game.name, without)
    TournamentParticipant.objects.bulk_create(
        TournamentParticipant(
            tournament=tournament,
            entry=entry,
            user_id=user_id,
            game_ign=passports[user_id].ign,
            game_rank=passports[user_id].current_rank,
        )
        for user_id in sorted(player_ids)
    )
    announce(tournament, player_ids)


@transaction.atomic(savepoint=False)
def announce(tournament: Tournament, player_ids: Iterable[int]) -> None:
    """Say of each player that he is registered."""
    tournament_registered.send_many(
        TournamentParticipant,
        [
            {"user_id": user_id, "tournament_id": tournament.pk, "game_id": tournament.game_id}
            for user_id in sorted(player_ids)
        ],
    )
