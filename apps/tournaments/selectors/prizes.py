"""Reads of prizes."""

from collections.abc import Iterable
from dataclasses import dataclass

from apps.tournaments.formats.prizes import Placed
from apps.tournaments.formats.prizes import shares as shared
from apps.tournaments.models import Prize, Status, Tournament, TournamentParticipant


@dataclass(frozen=True, slots=True)
class Share:
    """What a player of an entry gets of one prize; nobody is who gets what is left of it."""

    prize_id: int
    participant_id: int | None
    user_id: int | None
    amount: int


def prizes_of(tournament_id: int) -> dict[int, int]:
    """Return what each place of a tournament gets, by place."""
    return dict(Prize.objects.filter(tournament_id=tournament_id).values_list("place", "amount"))


def shares_of(tournament_id: int) -> list[Share]:
    """Return who gets what by the places as they are now, of a completed tournament all that there is to get.

    What belongs to a place that nobody took is nobody's.
    """
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
    taken = [
        Share(prizes[place].pk, participant, users[participant], amount)
        for (place, participant), amount in found.items()
    ]
    return taken + left_over(tournament_id, prizes.values(), taken)


def left_over(tournament_id: int, prizes: Iterable[Prize], taken: Iterable[Share]) -> list[Share]:
    """Return what nobody gets; before the tournament is completed, nobody knows."""
    if not Tournament.objects.filter(pk=tournament_id, status=Status.COMPLETED).exists():
        return []
    left = {prize.pk: prize.amount for prize in prizes}
    for share in taken:
        left[share.prize_id] -= share.amount
    return [Share(prize_id, None, None, amount) for prize_id, amount in left.items() if amount]
