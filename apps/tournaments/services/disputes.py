"""Disputes: the sides do not agree on a result.

The organiser decides; once it is escalated, and where he plays himself, the staff.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.tournaments.models import (
    Dispute,
    Done,
    Evidence,
    Match,
    MatchStatus,
    Reason,
    Stand,
    Status,
    TournamentParticipant,
    moment,
)
from apps.tournaments.selectors.speaking import side_of
from apps.tournaments.services import audit, corrections, matches, results
from apps.tournaments.signals import tournament_dispute_decided, tournament_dispute_opened

EVIDENCE_MAX = 20
REASON_CHARS_MAX = 500
DISPUTABLE = (MatchStatus.READY, MatchStatus.LIVE, MatchStatus.COMPLETED)


class DisputeOpen(ValidationError):
    """The match is in dispute already: add evidence to that one."""

    def __init__(self) -> None:
        super().__init__(_("This match is in dispute already."), code="dispute_open")


class DisputeDecided(ValidationError):
    """The dispute is decided: another one can be opened."""

    def __init__(self) -> None:
        super().__init__(_("This dispute is decided already."), code="dispute_decided")


class EnoughEvidence(ValidationError):
    """A dispute takes EVIDENCE_MAX pieces of evidence."""

    def __init__(self) -> None:
        super().__init__(_("There is enough evidence here."), code="enough_evidence")


class OwnMatch(ValidationError):
    """Nobody decides a dispute about a match in which he plays: another of the staff does."""

    def __init__(self) -> None:
        super().__init__(
            _("You play in this match, so you cannot decide its dispute: the staff does."), code="own_match"
        )


@transaction.atomic
def open_dispute(
    *, match_id: int, entry_id: int, by_id: int, reason: str, text: str, link: str = ""
) -> Dispute:
    """Dispute a match for a side, before or after it was decided; nothing is confirmed meanwhile.

    Raises MatchNotReady, NotInThisMatch, DisputeOpen, WrongStatus unless the tournament is live,
    ValidationError by field.
    """
    match = matches.locked(match_id)
    match.tournament.must_be(Status.LIVE)
    without_opponent = match.status == MatchStatus.COMPLETED and match.played_at is None
    if match.phase_id is None or match.status not in DISPUTABLE or without_opponent:
        raise results.MatchNotReady(match)
    results.opponent_of(match, entry_id)
    if reason not in Reason.values:
        raise ValidationError({"reason": _("Choose one of the reasons.")})
    if match.disputes.exclude(status=Stand.DECIDED).exists():
        raise DisputeOpen
    dispute = open_about(match, entry_id, Reason(reason))
    add_evidence(dispute_id=dispute.pk, by_id=by_id, text=text, link=link)
    return dispute


@transaction.atomic(savepoint=False)
def open_about(match: Match, entry_id: int | None, reason: Reason) -> Dispute:
    """Open a dispute about a match, which is locked; a side opens it, or two reports that differ.

    Where the organiser plays himself it waits for the staff at once.
    """
    if match.report_due_at is not None:
        match.report_due_at = None
        match.save(update_fields=["report_due_at"])
    own = side_of(match.tournament.organiser_id, match) is not None
    status = Stand.ESCALATED if own else Stand.OPEN
    dispute = Dispute.objects.create(match=match, entry_id=entry_id, reason=reason, status=status)
    tournament_dispute_opened.send_many(Dispute, told(dispute, match))
    return dispute


def told(dispute: Dispute, match: Match) -> list[dict[str, int]]:
    """Return what is said to the players of both sides and to the organiser."""
    rows = TournamentParticipant.objects.filter(entry__in=[match.entry_a_id, match.entry_b_id])
    user_ids = set(rows.values_list("user_id", flat=True)) | {match.tournament.organiser_id}
    known = {"match_id": match.pk, "tournament_id": match.tournament_id, "dispute_id": dispute.pk}
    return [{"user_id": user_id, **known} for user_id in sorted(filter(None, user_ids))]


@transaction.atomic
def add_evidence(*, dispute_id: int, by_id: int, text: str, link: str = "") -> Evidence:
    """Add what somebody knows about a dispute that waits.

    Raises DisputeDecided, EnoughEvidence, ValidationError by field.
    """
    dispute = undecided(dispute_id)
    if dispute.evidence.count() >= EVIDENCE_MAX:
        raise EnoughEvidence
    found = Evidence(dispute=dispute, by_id=by_id, text=text.strip(), link=link.strip())
    found.clean_fields(exclude={"dispute", "by"})
    found.save()
    return found


@transaction.atomic
def escalate(*, dispute_id: int) -> Dispute:
    """Ask for the staff: it decides instead of the organiser.

    Raises DisputeDecided.
    """
    dispute = undecided(dispute_id)
    dispute.status = Stand.ESCALATED
    dispute.save(update_fields=["status"])
    return dispute


@transaction.atomic
def decide(
    *,
    dispute_id: int,
    by_id: int,
    decision: str,
    score: tuple[int, int] | None = None,
    forfeited_by: int | None = None,
) -> Dispute:
    """Decide a dispute, with words for both sides: by a score, by the forfeit of an entry, or as it stands.

    A match that was decided is corrected, with all that follows; without a score and a forfeit its result
    stands. Raises DisputeDecided, OwnMatch, MatchNotReady where there is no result to stand, what `results`
    and `corrections` raise, ValidationError by field.
    """
    dispute = undecided(dispute_id)
    match = dispute.match
    if side_of(by_id, match) is not None:
        raise OwnMatch
    dispute.decision, dispute.decided_by_id, dispute.decided_at = decision.strip(), by_id, moment()
    if not dispute.decision:
        raise ValidationError({"decision": _("Say why: both sides read it.")})
    dispute.status = Stand.DECIDED
    dispute.clean_fields(exclude={"match", "entry", "decided_by"})
    dispute.save()
    apply(match, score, forfeited_by, reason=dispute.decision, by_id=by_id)
    reason = dispute.decision[:REASON_CHARS_MAX]
    audit.write(match.tournament_id, Done.DISPUTE_DECIDED, by_id=by_id, match_id=match.pk, reason=reason)
    tournament_dispute_decided.send_many(Dispute, told(dispute, match))
    return dispute


def apply(
    match: Match, score: tuple[int, int] | None, forfeited_by: int | None, *, reason: str, by_id: int
) -> None:
    """Give a match the result that was decided on, for the first time or by a correction."""
    known: dict[str, Any] = {"match_id": match.pk, "by_id": by_id}
    decided = match.status == MatchStatus.COMPLETED
    if decided:
        known["reason"] = reason[:REASON_CHARS_MAX]
    if score is not None:
        by_score = corrections.correct if decided else results.play
        by_score(score_a=score[0], score_b=score[1], **known)
    elif forfeited_by is not None:
        if decided:
            corrections.award(entry_id=results.opponent_of(match, forfeited_by), **known)
        else:
            results.forfeit(entry_id=forfeited_by, **known)
    elif not decided:
        raise results.MatchNotReady(match)


def undecided(dispute_id: int) -> Dispute:
    """Return a dispute that waits, locked after its match.

    Raises DisputeDecided, Dispute.DoesNotExist.
    """
    match = matches.locked(Dispute.objects.values_list("match_id", flat=True).get(pk=dispute_id))
    dispute = Dispute.objects.select_for_update(no_key=True).get(pk=dispute_id)
    dispute.match = match
    if dispute.status == Stand.DECIDED:
        raise DisputeDecided
    return dispute
