"""Registration: who enters a tournament, and with which players.

A registration waits for approval where the organiser wants to see it first, and in line where every place is
taken; `admission` has what becomes of it.
"""

from collections.abc import Collection, Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.teams import selectors as teams
from apps.tournaments.models import (
    Registration,
    Status,
    Tournament,
    TournamentEntry,
    TournamentParticipant,
    moment,
)
from apps.tournaments.selectors import eligibility
from apps.tournaments.selectors.eligibility import Facts, Verdict
from apps.tournaments.services.locks import lock_tournament
from apps.tournaments.signals import tournament_registered
from apps.user_profile import selectors as players
from apps.user_profile.services import profiles


class NotEligible(ValidationError):
    """The tournament sets conditions that are not met; each message is one of them."""

    def __init__(self, unmet: Sequence[Verdict]) -> None:
        super().__init__([ValidationError(one.reason, code=one.code) for one in unmet])
        self.user_ids = sorted({user_id for one in unmet for user_id in one.user_ids})


class PassportRequired(NotEligible):
    """Players have no passport of the tournament's game: `passports.add` makes one."""


class AlreadyRegistered(NotEligible):
    """The team, or a player of it, is in the tournament already; new players come by `add_players`."""


class NotOnRoster(NotEligible):
    """Players are not in the team: `roster.join` seats them."""


# What is raised for the first condition that is not met.
REFUSALS: dict[str, type[NotEligible]] = {
    "already_registered": AlreadyRegistered,
    "player_registered": AlreadyRegistered,
    "not_on_roster": NotOnRoster,
    "passport_required": PassportRequired,
}


@transaction.atomic
def register_team(*, tournament_id: int, team_id: int, player_ids: Collection[int]) -> TournamentEntry:
    """Enter a team with some of its players: at once, after approval, or when a place becomes free.

    Raises WrongStatus once the tournament has begun, NotEligible.
    """
    tournament = opened(tournament_id, player_ids, Status.UPCOMING)
    team = teams.named([team_id])[team_id]
    return enter(eligibility.facts_of(tournament, team, player_ids), team.name)


@transaction.atomic
def register_player(*, tournament_id: int, user_id: int) -> TournamentEntry:
    """Enter a player alone: at once, after approval, or when a place becomes free.

    Raises WrongStatus once the tournament has begun, NotEligible.
    """
    tournament = opened(tournament_id, [user_id], Status.UPCOMING)
    name = players.names_of([user_id])[user_id]
    return enter(eligibility.facts_of(tournament, None, [user_id]), name)


def enter(facts: Facts, name: str) -> TournamentEntry:
    """Register who may enter; who has withdrawn before takes his registration up again."""
    refuse(eligibility.verdicts(facts))
    tournament, entry = facts.tournament, facts.entry
    status = first_status(tournament)
    if entry is None:
        user_id = None if facts.team else min(facts.player_ids)
        entry = TournamentEntry(tournament=tournament, team=facts.team, user_id=user_id, status=status)
    else:
        entry.become(status)
        entry.left, entry.left_at, entry.registered_at, entry.reason = "", None, moment(), ""
    entry.name = name
    entry.save()
    seat(tournament, entry, facts.player_ids, facts)
    return entry


def first_status(tournament: Tournament) -> Registration:
    """Return where a new registration begins."""
    if tournament.approval:
        return Registration.PENDING
    return Registration.CONFIRMED if room(tournament) else Registration.WAITLISTED


def room(tournament: Tournament) -> bool:
    """Tell whether a tournament, which is locked, has a free place."""
    return tournament.capacity is None or tournament.entries.confirmed().count() < tournament.capacity


def refuse(found: Iterable[Verdict]) -> None:
    """Raise NotEligible where a condition is not met."""
    if unmet := eligibility.failed(found):
        raise REFUSALS.get(unmet[0].code, NotEligible)(unmet)


@transaction.atomic
def add_players(*, tournament_id: int, team_id: int, player_ids: Collection[int]) -> TournamentEntry:
    """Let an entered team play with more players, also while the tournament is played.

    Who is registered already is not registered again; with another team, he changes over to this one.
    Raises WrongStatus once the tournament is completed, NotOnRoster, PassportRequired.
    """
    tournament = opened(tournament_id, player_ids, Status.UPCOMING, Status.LIVE)
    entry = tournament.entries.select_related("team").get(team_id=team_id)
    facts = eligibility.facts_of(tournament, entry.team, player_ids)
    refuse([*eligibility.on_the_roster(facts), *eligibility.with_passports(facts)])
    known = tournament.participants.filter(user_id__in=player_ids)
    registered = set(known.values_list("user_id", flat=True))
    known.exclude(entry=entry).update(entry=entry)
    seat(tournament, entry, set(player_ids) - registered, facts)
    return entry


def opened(tournament_id: int, player_ids: Iterable[int], *statuses: str) -> Tournament:
    """Return the tournament, locked after its players' profiles, if it is in one of these statuses."""
    profiles.hold(player_ids)
    tournament = lock_tournament(tournament_id)
    if tournament.status not in statuses:
        tournament.must_be(statuses[0])
    return tournament


def seat(tournament: Tournament, entry: TournamentEntry, player_ids: Collection[int], facts: Facts) -> None:
    """Register players with the names of their passports; announce each where the entry is confirmed."""
    TournamentParticipant.objects.bulk_create(
        TournamentParticipant(
            tournament=tournament,
            entry=entry,
            user_id=user_id,
            game_ign=facts.passports[user_id].ign,
            game_rank=facts.passports[user_id].current_rank,
        )
        for user_id in sorted(player_ids)
    )
    if entry.status == Registration.CONFIRMED:
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
