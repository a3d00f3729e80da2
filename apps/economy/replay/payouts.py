"""Pays published payouts: a tournament is a transaction, so a replay that was killed goes on where it was."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from apps.economy.models import Kind, Payee
from apps.economy.replay.rows import Payout, by_tournament
from apps.economy.services import winnings
from apps.economy.services.accounts import MINT
from apps.economy.services.winnings import Win
from apps.events import occurring_at
from apps.user_profile.services import accounts


@dataclass(slots=True)
class Result:
    """What came of the rows: `paid` in this run, `total` coins in it."""

    rows: int = 0
    paid: int = 0
    already_paid: int = 0
    empty: int = 0
    skipped: int = 0
    total: int = 0
    players: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return it as JSON values."""
        return asdict(self)


def pay_all(payouts: Sequence[Payout], result: Result) -> Iterator[str]:
    """Pay what was not paid before, and yield each tournament when it is done."""
    users = dict(Payee.objects.values_list("external_id", "user_id"))
    for group in by_tournament(payouts):
        payout, _ = group[0]
        with transaction.atomic(), occurring_at(payout.ended_at):
            strangers = sign_up(dict.fromkeys(each for each, _ in group if each.player not in users))
            pay(group, users | strangers, result)
        users |= strangers
        result.players += len(strangers)
        yield payout.tournament


def sign_up(payouts: dict[Payout, None]) -> dict[str, int]:
    """Sign up the players of these payouts; return their accounts by the published ids."""
    people = {payout.player: payout for payout in reversed(payouts)}
    if not people:
        return {}
    newcomers = [
        accounts.Newcomer(f"payee-{player}"[:30], f"Player {player}", payout.country)
        for player, payout in sorted(people.items())
    ]
    users = accounts.sign_up_many(newcomers)
    found = {player: user.pk for player, user in zip(sorted(people), users, strict=True)}
    Payee.objects.bulk_create(Payee(external_id=player, user_id=user_id) for player, user_id in found.items())
    return found


def pay(group: Sequence[tuple[Payout, int]], users: dict[str, int], result: Result) -> None:
    """Pay one tournament's rows; the row's number is in the key: a repeat is a prize of its own."""
    wins = [
        Win(
            key=f"payout:{payout.tournament}:{payout.number}",
            user_id=users[payout.player],
            amount=coins,
            source=MINT,
            description=f"Prize of tournament {payout.tournament}",
            kind=Kind.PRIZE,
        )
        for payout, coins in group
        if coins
    ]
    new = winnings.unpaid(wins)
    winnings.pay(new)
    result.paid += len(new)
    result.already_paid += len(wins) - len(new)
    result.empty += len(group) - len(wins)
    result.total += sum(win.amount for win in new)
