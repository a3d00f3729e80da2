"""Check-in: who is registered says that he is there; who does not loses his place to the next in line."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.tournaments.models import (
    CheckIn,
    Done,
    Registration,
    Status,
    Tournament,
    TournamentEntry,
    TournamentParticipant,
    WrongTurn,
    moment,
)
from apps.tournaments.services import admission, audit
from apps.tournaments.services.locks import lock_tournament
from apps.tournaments.signals import tournament_check_in_asked

REMINDED_BEFORE = timedelta(minutes=10)


class CheckInClosed(ValidationError):
    """Check-in has not opened, or is over; who runs the tournament can check in for others."""

    def __init__(self) -> None:
        super().__init__(_("Check-in is not open now. Ask who runs the tournament."), code="check_in_closed")


@transaction.atomic
def check_in(*, entry_id: int, by_id: int | None = None) -> TournamentEntry:
    """Say that an entrant is there; a second time changes nothing.

    `by_id` is an organiser, whom no time binds.

    Raises WrongStatus once the tournament has begun, WrongTurn unless it is registered, CheckInClosed.
    """
    tournament, entry = admission.waiting(entry_id)
    if entry.status != Registration.CONFIRMED:
        raise WrongTurn(entry, Registration.CONFIRMED)
    if by_id is None and not is_open(tournament):
        raise CheckInClosed
    if entry.checked_in_at is None:
        entry.checked_in_at = moment()
        entry.save(update_fields=["checked_in_at"])
        audit.write(tournament.pk, Done.CHECKED_IN, by_id=by_id, entry_id=entry_id)
    return entry


def is_open(tournament: Tournament) -> bool:
    """Tell whether entrants can check in now."""
    opens, closes = tournament.check_in_opens_at, tournament.check_in_closes_at
    return bool(opens and closes and opens <= moment() < closes and tournament.check_in != CheckIn.CLOSED)


@transaction.atomic
def advance_due() -> int:
    """Open, remind and close wherever it is time; return in how many tournaments something was done."""
    now = moment()
    due = Q(check_in="", check_in_opens_at__lte=now)
    due |= Q(check_in=CheckIn.OPEN, check_in_closes_at__lte=now + REMINDED_BEFORE)
    due |= Q(check_in=CheckIn.REMINDED, check_in_closes_at__lte=now)
    found = Tournament.objects.filter(due, status=Status.UPCOMING, check_in_closes_at__isnull=False)
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    for tournament_id in ids:
        advance(lock_tournament(tournament_id))
    return len(ids)


def advance(tournament: Tournament) -> None:
    """Bring the check-in of a tournament, which is locked, to where it is by the clock."""
    opens, closes, now = tournament.check_in_opens_at, tournament.check_in_closes_at, moment()
    if tournament.status != Status.UPCOMING or opens is None or closes is None:
        return
    if tournament.check_in == "" and opens <= now:
        ask(tournament, again=False)
        step(tournament, CheckIn.OPEN)
    if tournament.check_in == CheckIn.OPEN and closes - REMINDED_BEFORE <= now:
        if now < closes:
            ask(tournament, again=True)
        step(tournament, CheckIn.REMINDED)
    if tournament.check_in == CheckIn.REMINDED and closes <= now:
        close(tournament)


def step(tournament: Tournament, to: CheckIn) -> None:
    """Store how far check-in is."""
    tournament.check_in = to
    tournament.save(update_fields=["check_in"])


@transaction.atomic(savepoint=False)
def ask(tournament: Tournament, *, again: bool) -> None:
    """Ask every player of whoever has not checked in to do so."""
    rows = TournamentParticipant.objects.filter(entry__in=missing(tournament)).order_by("user_id")
    tournament_check_in_asked.send_many(
        TournamentEntry,
        [
            {"user_id": user_id, "tournament_id": tournament.pk, "entry_id": entry_id, "again": again}
            for user_id, entry_id in rows.values_list("user_id", "entry_id")
        ],
    )


def missing(tournament: Tournament) -> Iterable[TournamentEntry]:
    """Return who is registered and has not checked in."""
    return tournament.entries.confirmed().filter(checked_in_at=None).order_by("pk")


def close(tournament: Tournament) -> None:
    """Drop who has not checked in, and give the places to the first in line, who count as checked in."""
    step(tournament, CheckIn.CLOSED)
    for entry in missing(tournament):
        admission.drop(entry, Registration.NO_SHOW)
    admission.promote(tournament)


def close_early(tournament: Tournament) -> None:
    """Close a check-in that is open when the tournament, which is locked, begins."""
    if tournament.check_in in (CheckIn.OPEN, CheckIn.REMINDED):
        close(tournament)
