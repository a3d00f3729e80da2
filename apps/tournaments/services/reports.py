"""Reports: each side says how its match ended. Twice the same is the result, two different ones a dispute."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.tournaments.models import (
    Match,
    MatchReport,
    Reason,
    Stand,
    Status,
    TournamentParticipant,
    moment,
)
from apps.tournaments.services import disputes, matches, results
from apps.tournaments.signals import tournament_match_reported, tournament_result_confirmed


class InDispute(ValidationError):
    """The match is in dispute: whoever runs the tournament decides it, evidence helps him."""

    def __init__(self) -> None:
        super().__init__(
            _("This match is in dispute. Add what you know there; the organiser decides."), code="in_dispute"
        )


@transaction.atomic
def report(*, match_id: int, entry_id: int, by_id: int, score_a: int, score_b: int) -> Match:
    """Say for a side how a match ended; until it is decided, a side may say something else.

    Raises MatchNotReady, NotInThisMatch, ImpossibleResult, InDispute.
    """
    match = results.ready(match_id)
    results.opponent_of(match, entry_id)
    results.check_score(match, score_a, score_b)
    if match.disputes.exclude(status=Stand.DECIDED).exists():
        raise InDispute
    said = {"by_id": by_id, "score_a": score_a, "score_b": score_b, "reported_at": moment()}
    own, _created = MatchReport.objects.update_or_create(match=match, entry_id=entry_id, defaults=said)
    other = match.reports.exclude(entry_id=entry_id).first()
    if other is None:
        wait(match, entry_id)
    elif other.score == own.score:
        confirm(match, own)
    else:
        disputes.open_about(match, None, Reason.SCORES_DIFFER)
    return match


@transaction.atomic(savepoint=False)
def wait(match: Match, entry_id: int) -> None:
    """Let the other side know what was reported, and until when it can say otherwise."""
    if match.report_due_at is None:
        match.report_due_at = moment() + timedelta(minutes=match.tournament.report_minutes)
        match.save(update_fields=["report_due_at"])
    other_id = results.opponent_of(match, entry_id)
    tournament_match_reported.send_many(Match, told(match, players_of([other_id])))


@transaction.atomic(savepoint=False)
def confirm(match: Match, held: MatchReport) -> None:
    """Decide a match, which is locked, by a report that holds."""
    results.play(match_id=match.pk, score_a=held.score_a, score_b=held.score_b)
    match.refresh_from_db()
    sides = players_of([match.entry_a_id, match.entry_b_id])
    tournament_result_confirmed.send_many(Match, told(match, sides))


def players_of(entry_ids: Iterable[int | None]) -> list[int]:
    """Return who is registered with these entries, in order of players."""
    rows = TournamentParticipant.objects.filter(entry__in=[pk for pk in entry_ids if pk])
    return list(rows.order_by("user_id").values_list("user_id", flat=True))


def told(match: Match, user_ids: Iterable[int]) -> list[dict[str, int]]:
    """Return what is said of a match to each of these players."""
    return [
        {"user_id": user_id, "match_id": match.pk, "tournament_id": match.tournament_id}
        for user_id in user_ids
    ]


@transaction.atomic
def confirm_due(limit: int) -> int:
    """Confirm what one side reported and the other let pass; return how many, at most `limit`."""
    due = Match.objects.filter(report_due_at__lte=moment()).order_by("tournament_id", "pk")
    confirmed = 0
    for match_id in list(due.values_list("pk", flat=True)[:limit]):
        match = matches.locked(match_id)
        if match.report_due_at is None or match.report_due_at > moment():
            continue  # decided, or reported by the other side, before the lock was ours
        held = match.reports.first()
        if held is None or match.tournament.status != Status.LIVE:
            match.report_due_at = None
            match.save(update_fields=["report_due_at"])
            continue
        confirm(match, held)
        confirmed += 1
    return confirmed
