"""What becomes of a registration: admitted, turned down, taken back, given a place that became free.

Everything happens under the lock of the tournament, so a free place is given once.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from apps.tournaments.models import (
    CheckIn,
    Done,
    Leaving,
    Registration,
    Status,
    Tournament,
    TournamentEntry,
    TournamentParticipant,
    WrongTurn,
    moment,
)
from apps.tournaments.models.entries import REASON_CHARS_MAX
from apps.tournaments.selectors import eligibility
from apps.tournaments.selectors.eligibility import Verdict
from apps.tournaments.services import audit, registration
from apps.tournaments.services.locks import lock_tournament
from apps.tournaments.signals import (
    tournament_entry_answered,
    tournament_waitlist_promoted,
    tournament_withdrawn,
)
from apps.user_profile.services.game_passport_service import GamePassportService

WAITING = (Registration.PENDING, Registration.WAITLISTED)


@transaction.atomic
def approve(*, entry_id: int, by_id: int | None = None) -> TournamentEntry:
    """Admit a registration that waits: to a place, or to the end of the line where there is none.

    Raises WrongStatus once the tournament has begun, WrongTurn, NotEligible.
    """
    tournament, entry = waiting(entry_id)
    if entry.status != Registration.PENDING:
        raise WrongTurn(entry, Registration.CONFIRMED)
    registration.refuse(verdicts_of(entry))
    entry.become(Registration.CONFIRMED if registration.room(tournament) else Registration.WAITLISTED)
    audit.write(tournament.pk, Done.APPROVED, by_id=by_id, entry_id=entry.pk)
    answer(entry, settle(entry))
    return entry


@transaction.atomic
def reject(*, entry_id: int, reason: str, by_id: int | None = None) -> TournamentEntry:
    """Do not admit a registration, or take a confirmed one out; a place that becomes free is given on.

    Raises WrongStatus once the tournament has begun, WrongTurn, ValidationError by field.
    """
    tournament, entry = waiting(entry_id)
    entry.reason = " ".join(reason.split())
    if not entry.reason:
        raise ValidationError({"reason": "Say why: those who registered read it."})
    entry.clean_fields(exclude={"tournament", "team", "user", "name"})
    audit.write(tournament.pk, Done.REJECTED, by_id=by_id, entry_id=entry.pk, reason=entry.reason)
    drop(entry, Registration.REJECTED)
    promote(tournament)
    return entry


def withdraw(entry: TournamentEntry) -> None:
    """Take back a registration, locked with its tournament, which has not begun; the place is given on.

    Raises WrongTurn.
    """
    drop(entry, Registration.WITHDRAWN)
    promote(entry.tournament)


@transaction.atomic
def readmit(*, entry_id: int, by_id: int | None = None) -> TournamentEntry:
    """Let those who were not admitted register again.

    Raises WrongStatus once the tournament has begun, WrongTurn.
    """
    tournament, entry = waiting(entry_id)
    if entry.status not in (Registration.REJECTED, Registration.NO_SHOW):
        raise WrongTurn(entry, Registration.WITHDRAWN)
    audit.write(tournament.pk, Done.READMITTED, by_id=by_id, entry_id=entry.pk)
    drop(entry, Registration.WITHDRAWN)
    return entry


def waiting(entry_id: int) -> tuple[Tournament, TournamentEntry]:
    """Return an entry of a tournament that has not begun, both locked.

    Raises WrongStatus, TournamentEntry.DoesNotExist.
    """
    tournament_id = TournamentEntry.objects.values_list("tournament_id", flat=True).get(pk=entry_id)
    tournament = lock_tournament(tournament_id)
    tournament.must_be(Status.UPCOMING)
    entry = TournamentEntry.objects.select_for_update(no_key=True).get(pk=entry_id)
    entry.tournament = tournament
    return tournament, entry


def players_of(entry: TournamentEntry) -> list[int]:
    """Return who is registered with an entry."""
    return list(entry.participants.order_by("user_id").values_list("user_id", flat=True))


def verdicts_of(entry: TournamentEntry) -> list[Verdict]:
    """Return the conditions that a registration has to meet as long as it stands."""
    facts = eligibility.facts_of(entry.tournament, entry.team, players_of(entry))
    return eligibility.verdicts(facts, entered=True)


@transaction.atomic(savepoint=False)
def drop(entry: TournamentEntry, status: Registration) -> None:
    """End a registration before the tournament begins: its players are free, and hear of it."""
    was = entry.status
    player_ids = players_of(entry)
    entry.become(status)
    withdrawn = status == Registration.WITHDRAWN
    entry.left, entry.left_at = (Leaving.WITHDRAWN, moment()) if withdrawn else ("", None)
    entry.checked_in_at = None
    entry.save(update_fields=["status", "reason", "left", "left_at", "checked_in_at"])
    entry.participants.all().delete()
    if was == Registration.CONFIRMED:
        say_withdrawn(entry, player_ids, began=False)
    if status in (Registration.REJECTED, Registration.NO_SHOW):
        answer(entry, player_ids)


@transaction.atomic(savepoint=False)
def say_withdrawn(entry: TournamentEntry, player_ids: Iterable[int], *, began: bool) -> None:
    """Say of each player that he is registered no more, or has left what has begun."""
    tournament_withdrawn.send_many(
        TournamentParticipant,
        [
            {"user_id": user_id, "tournament_id": entry.tournament_id, "began": began}
            for user_id in player_ids
        ],
    )


def settle(entry: TournamentEntry) -> list[int]:
    """Store a registration that was admitted; the names are those of the passports of this moment.

    Return its players.
    """
    if entry.status == Registration.CONFIRMED and entry.tournament.check_in == CheckIn.CLOSED:
        entry.checked_in_at = moment()
    entry.save(update_fields=["status", "checked_in_at"])
    rows = list(entry.participants.order_by("user_id"))
    player_ids = [row.user_id for row in rows]
    if entry.status == Registration.CONFIRMED:
        passports = GamePassportService.get_passports_for_game(set(player_ids), entry.tournament.game_id)
        for row in rows:
            row.game_ign, row.game_rank = passports[row.user_id].ign, passports[row.user_id].current_rank
        TournamentParticipant.objects.bulk_update(rows, ["game_ign", "game_rank"])
        registration.announce(entry.tournament, player_ids)
    return player_ids


@transaction.atomic(savepoint=False)
def answer(entry: TournamentEntry, player_ids: Iterable[int]) -> None:
    """Say of each player what became of the registration."""
    tournament_entry_answered.send_many(
        TournamentEntry,
        [
            {
                "user_id": user_id,
                "tournament_id": entry.tournament_id,
                "entry_id": entry.pk,
                "status": entry.status,
            }
            for user_id in player_ids
        ],
    )


@transaction.atomic(savepoint=False)
def close(tournament: Tournament) -> None:
    """Turn down who still waits for approval or in line, because a tournament, which is locked, begins."""
    for entry in tournament.entries.filter(status__in=WAITING).order_by("pk"):
        entry.reason = str(gettext("The tournament began without a free place."))
        drop(entry, Registration.REJECTED)


@transaction.atomic(savepoint=False)
def promote(tournament: Tournament) -> None:
    """Give free places of a tournament, which is locked, to the first in line, and tell them.

    Who does not meet the conditions any more when his turn comes loses it: the reason says why.
    """
    while registration.room(tournament):
        entry = tournament.entries.in_line().select_related("team").first()
        if entry is None:
            return
        entry.tournament = tournament
        if unmet := eligibility.failed(verdicts_of(entry)):
            entry.reason = " ".join(map(str, unmet))[:REASON_CHARS_MAX]
            drop(entry, Registration.REJECTED)
            continue
        entry.become(Registration.CONFIRMED)
        player_ids = settle(entry)
        tournament_waitlist_promoted.send_many(
            TournamentEntry,
            [
                {"user_id": user_id, "tournament_id": tournament.pk, "entry_id": entry.pk}
                for user_id in player_ids
            ],
        )
