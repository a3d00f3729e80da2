"""Reads of prizes."""

from dataclasses import dataclass

from apps.tournaments.formats.prizes import Placed
from apps.tournaments.formats.prizes import shares as shared
from apps.tournaments.models import Prize, TournamentParticipant


@dataclass(frozen=True, slots=True)
class Share:
    """What a player of an entry gets of one prize."""

    prize_id: int
    participant_id: int
    user_id: int
    amount: int


def prizes_of(tournament_id: int) -> dict[int, int]:
    """Return what each place of a tournament gets, by place."""
    return dict(Prize.objects.filter(tournament_id=tournament_id).values_list("place", "amount"))


def shares_of(tournament_id: int) -> list[Share]:
    """Return who gets what by the places as they are now; none before there are any."""
    prizes = {prize.place: prize for prize in Prize.objects.filter(tournament_id=tournament_id)}
    placed = TournamentParticipant.objects.filter(
        tournament_id=tournament_id, entry__placement_from__isnull=False
    )
    rows = placed.order_by("entry_id", "pk").values_list(
        "entry_id", "entry__placement_from", "entry__placement_to", "pk", "user_id"
    )
    users: dict[int, int] = {}
    entries: dict[int, tuple[int, int, list[int]]] = {}
    for entry, first, last, participant, user in rows:
        users[participant] = user
        entries.setdefault(entry or 0, (first or 0, last or 0, []))[2].append(participant)
    found = shared(
        {place: prize.amount for place, prize in prizes.items()},
        [Placed(*entry) for entry in entries.values()],
    )
    return [
        Share(prizes[place].pk, participant, users[participant], amount)
        for (place, participant), amount in found.items()
    ]
