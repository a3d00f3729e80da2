"""Prizes: money is set aside when they are announced, claimed with the places, and paid after the hold.

What is claimed is always what the places say now (`settle`), so a correction needs no rules of its own: what
was paid and is no longer due is reversed, what is due anew is paid. Locks are taken in the order profiles,
tournament, claims, accounts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from apps.economy.models import Book, Kind, Posting, PrizeClaim, Transaction
from apps.economy.services import accounts, ledger, winnings
from apps.economy.services.accounts import MINT
from apps.economy.services.ledger import Order, Request
from apps.economy.services.winnings import Win
from apps.events import Event, occurring_at
from apps.tournaments import selectors as tournaments
from apps.tournaments.selectors import Share
from apps.tournaments.services.locks import lock_tournament
from apps.user_profile.services import profiles

# For so long a place may be disputed before its prize is paid.
HOLD = timedelta(hours=24)
# Paid in one transaction; the job comes again.
PAID_AT_ONCE_MAX = 500


@transaction.atomic
def fund(tournament_id: int, pool: int, announcement: str) -> None:
    """Set a tournament's whole pool aside, in place of what was set aside for an earlier announcement."""
    missing = pool - in_escrow(tournament_id)
    request = Request(f"escrow:{tournament_id}:{announcement}", ("escrow", tournament_id, pool))
    if missing and not ledger.answer(request):
        legs = {MINT: -missing, accounts.escrow(tournament_id): missing}
        ledger.post(Order(request, Kind.PRIZE, legs, "Prize pool set aside"))


def in_escrow(tournament_id: int) -> int:
    """Return what is set aside for a tournament and not paid."""
    postings = Posting.objects.filter(account__book=Book.ESCROW, account__tournament_id=tournament_id)
    return postings.aggregate(sum=Sum("amount"))["sum"] or 0


def claim(events: Iterable[Event]) -> None:
    """Claim the prizes of the tournaments in which these events placed somebody, or took a place back."""
    latest: dict[int, datetime] = {}
    for event in events:
        tournament_id = event.args["tournament_id"]
        latest[tournament_id] = max(event.occurred_at, latest.get(tournament_id, event.occurred_at))
    # Of those alone from whom money may be taken back: the others play on meanwhile, and whoever registers
    # them holds their profiles and would be in each other's way with a lock on all.
    outdated = [each for tournament_id in latest for each, _ in differences(tournament_id)]
    profiles.lock_many({each.user_id for each in outdated if each.user_id is not None})
    for tournament_id, occurred_at in sorted(latest.items()):
        if tournaments.prizes_of(tournament_id):
            settle(tournament_id, occurred_at + HOLD)


@transaction.atomic(savepoint=False)
def settle(tournament_id: int, due_at: datetime) -> None:
    """Make the claims on a tournament's prizes what the places say; what changes is due then."""
    lock_tournament(tournament_id)
    list(claims_on(tournament_id).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    for each, amount in differences(tournament_id):
        take_back(each)
        each.amount = amount
        each.due_at = max(each.due_at, due_at)
        each.save()
    known = set(claims_on(tournament_id).values_list("prize_id", "participant_id"))
    PrizeClaim.objects.bulk_create(
        fresh(share, due_at)
        for share in tournaments.shares_of(tournament_id)
        if (share.prize_id, share.participant_id) not in known
    )


def claims_on(tournament_id: int) -> QuerySet[PrizeClaim]:
    """Return the claims on a tournament's prizes."""
    return PrizeClaim.objects.filter(prize__tournament_id=tournament_id)


def differences(tournament_id: int) -> list[tuple[PrizeClaim, int]]:
    """Return the claims that are not what the places say, each with what it should be."""
    known = list(claims_on(tournament_id).order_by("pk"))
    shares = tournaments.shares_of(tournament_id) if known else []
    wanted = {(share.prize_id, share.participant_id): share.amount for share in shares}
    pairs = ((each, wanted.get((each.prize_id, each.participant_id), 0)) for each in known)
    return [(each, amount) for each, amount in pairs if each.amount != amount]


def fresh(share: Share, due_at: datetime) -> PrizeClaim:
    """Return a claim that is not stored yet."""
    return PrizeClaim(
        prize_id=share.prize_id,
        participant_id=share.participant_id,
        user_id=share.user_id,
        amount=share.amount,
        due_at=due_at,
    )


def take_back(claim: PrizeClaim) -> None:
    """Reverse what was paid for a claim; the caller saves it."""
    if claim.payment_id is not None:
        ledger.reverse(claim.payment_id, description="Prize, after a correction of the places")
        claim.payment = None


@transaction.atomic
def pay_due(*, now: datetime | None = None) -> int:
    """Pay the claims that are due, at most PAID_AT_ONCE_MAX of them; return how many were paid."""
    due = PrizeClaim.objects.filter(payment=None, amount__gt=0, due_at__lte=now or timezone.now())
    found = list(due.order_by("due_at", "pk").values_list("pk", "user_id")[:PAID_AT_ONCE_MAX])
    profiles.lock_many({user_id for _, user_id in found if user_id is not None})
    # Another may have paid, or a correction may have taken away, what was found before the locks.
    claims = due.filter(pk__in=[pk for pk, _ in found]).select_related("prize__tournament")
    locked = list(claims.order_by("due_at", "pk").select_for_update(of=("self",)))
    for due_at, together in groupby(locked, key=lambda claim: claim.due_at):
        # What was due long ago is history: it is dated when it was due.
        with occurring_at(due_at):
            pay(list(together))
    return len(locked)


def pay(claims: Sequence[PrizeClaim]) -> None:
    """Pay claims out of their escrows: to the players what is theirs, and the rest back to the mint."""
    booked = pay_players(claims)
    booked |= return_to_mint([claim for claim in claims if claim.user_id is None])
    for claim in claims:
        claim.payment = booked[key_of(claim)]
        claim.payments += 1
    PrizeClaim.objects.bulk_update(claims, ["payment", "payments"])


def key_of(claim: PrizeClaim) -> str:
    """Return the key under which a claim is paid this time."""
    return f"prize:{claim.prize_id}:{claim.participant_id or 'mint'}:{claim.payments}"


def pay_players(claims: Sequence[PrizeClaim]) -> dict[str, Transaction]:
    """Book what players have won; return it by key."""
    wins = [
        Win(
            key=key_of(claim),
            user_id=claim.user_id,
            amount=claim.amount,
            source=accounts.escrow(claim.prize.tournament_id),
            description=f"Prize for place {claim.prize.place}, {claim.prize.tournament}",
        )
        for claim in claims
        if claim.user_id is not None
    ]
    return winnings.pay(wins)


def return_to_mint(claims: Sequence[PrizeClaim]) -> dict[str, Transaction]:
    """Book back what nobody has won; return it by key."""
    orders = [
        Order(
            Request(key_of(claim), (Kind.PRIZE, None, claim.amount)),
            Kind.PRIZE,
            {accounts.escrow(claim.prize.tournament_id): -claim.amount, MINT: claim.amount},
            f"Prize that nobody took, place {claim.prize.place}",
        )
        for claim in claims
    ]
    known = ledger.answers([order.request for order in orders])
    fresh = [order for order in orders if order.request.key not in known]
    return known | {booked.key: booked for booked in ledger.post_many(fresh)}
