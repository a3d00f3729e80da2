"""Reporting matches and disputing them, for programs of those who play; deciding disputes."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Schema, Status

from apps.api.callers import Token, caller_of
from apps.api.problems import NOT_YOURS, Problem
from apps.api.schemas import Strict
from apps.api.scopes import Scope
from apps.tournaments.api.matches import MATCH, ResultIn
from apps.tournaments.api.reading import match_of
from apps.tournaments.api.routes import router
from apps.tournaments.models import Dispute, Match, MatchReport, Reason, Stand
from apps.tournaments.selectors.desk import may_decide
from apps.tournaments.selectors.speaking import side_of
from apps.tournaments.services import disputes, reports, results

PLAY = Token(Scope.ENTRIES_WRITE)
DISPUTE = f"{MATCH}/disputes/{{int:dispute_id}}"


class ReportOut(Schema):
    """What one side says; `entry` is its entry."""

    entry: int
    score_a: int
    score_b: int
    reported_at: datetime

    @staticmethod
    def resolve_entry(report: MatchReport) -> int:
        """Return the id."""
        return report.entry_id


class EvidenceIn(Strict):
    """Words, and where a picture or a recording is (https)."""

    text: str
    link: str = ""


class DisputeIn(EvidenceIn):
    """Why a result is disputed; the first evidence comes with it."""

    reason: Reason


class EvidenceOut(Schema):
    """Evidence, in the words of who added it."""

    text: str
    link: str
    added_at: datetime


class DisputeOut(Schema):
    """A dispute; `status` is OPEN (the organiser decides), ESCALATED (the staff does) or DECIDED."""

    id: int
    reason: str
    status: str
    opened_at: datetime
    decision: str
    decided_at: datetime | None
    evidence: list[EvidenceOut]

    @staticmethod
    def resolve_evidence(dispute: Dispute) -> list[Any]:
        """Return the evidence in its order."""
        return list(dispute.evidence.all())


class RoomOut(Schema):
    """What the sides of a match have said; a lone report holds from `report_due_at` on."""

    state: str
    report_due_at: datetime | None
    reports: list[ReportOut]
    disputes: list[DisputeOut]


class DecisionIn(Strict):
    """How a dispute is decided: a score, or the entry that forfeits, or neither: the result stands."""

    decision: str
    score_a: int | None = None
    score_b: int | None = None
    forfeit: int | None = None


@router.get(f"{MATCH}/room/", response=RoomOut, auth=PLAY, operation_id="get_match_room")
def room(request: HttpRequest, slug: str, match_id: int) -> Any:
    """Show what the sides of your match have said, to them and to who runs it."""
    match, side = place(request, slug, match_id)
    if side is None and not match.tournament.is_run_by(caller_of(request).user):
        raise Problem(NOT_YOURS)
    return shown(match)


@router.post(f"{MATCH}/start/", response=RoomOut, auth=PLAY, operation_id="start_match")
def begin_match(request: HttpRequest, slug: str, match_id: int) -> Any:
    """Say that your match, or one that you run, is being played now. Said again, it changes nothing."""
    match, side = place(request, slug, match_id)
    if side is None and not match.tournament.is_run_by(caller_of(request).user):
        raise Problem(NOT_YOURS)
    return shown(results.begin(match_id=match.pk))


@router.post(f"{MATCH}/reports/", response=RoomOut, auth=PLAY, operation_id="report_match")
def report(request: HttpRequest, slug: str, match_id: int, data: ResultIn) -> Any:
    """Report how your match ended. The same from both sides decides it, two different ones are a dispute."""
    match, entry_id = playing(request, slug, match_id)
    by_id = caller_of(request).user.pk
    return shown(reports.report(match_id=match.pk, entry_id=entry_id, by_id=by_id, **data.model_dump()))


@router.post(f"{MATCH}/surrender/", response=RoomOut, auth=PLAY, operation_id="surrender_match")
def surrender(request: HttpRequest, slug: str, match_id: int) -> Any:
    """Give your match to the opponent without playing it; you stay in the tournament."""
    match, entry_id = playing(request, slug, match_id)
    return shown(results.forfeit(match_id=match.pk, entry_id=entry_id))


@router.post(f"{MATCH}/disputes/", response={201: DisputeOut}, auth=PLAY, operation_id="dispute_match")
def dispute(request: HttpRequest, slug: str, match_id: int, data: DisputeIn) -> Any:
    """Dispute your match, before or after its result holds."""
    match, entry_id = playing(request, slug, match_id)
    by_id = caller_of(request).user.pk
    made = disputes.open_dispute(match_id=match.pk, entry_id=entry_id, by_id=by_id, **data.model_dump())
    return Status(201, made)


@router.post(f"{DISPUTE}/evidence/", response={201: EvidenceOut}, auth=PLAY, operation_id="add_evidence")
def evidence(request: HttpRequest, slug: str, match_id: int, dispute_id: int, data: EvidenceIn) -> Any:
    """Add evidence to a dispute about your match, or one that you run."""
    match, side = place(request, slug, match_id)
    user = caller_of(request).user
    if side is None and not match.tournament.is_run_by(user):
        raise Problem(NOT_YOURS)
    found = dispute_of(match, dispute_id)
    return Status(201, disputes.add_evidence(dispute_id=found.pk, by_id=user.pk, **data.model_dump()))


@router.post(f"{DISPUTE}/escalation/", response=DisputeOut, auth=PLAY, operation_id="escalate_dispute")
def escalate(request: HttpRequest, slug: str, match_id: int, dispute_id: int) -> Any:
    """Ask for the staff, which decides instead of the organiser."""
    match, _ = playing(request, slug, match_id)
    return disputes.escalate(dispute_id=dispute_of(match, dispute_id).pk)


@router.post(
    f"{DISPUTE}/decision/",
    response=DisputeOut,
    auth=Token(Scope.TOURNAMENTS_WRITE),
    operation_id="decide_dispute",
)
def decide(request: HttpRequest, slug: str, match_id: int, dispute_id: int, data: DecisionIn) -> Any:
    """Decide a dispute; a match that has a result is corrected, with all that follows from it."""
    match, side = place(request, slug, match_id)
    user, found = caller_of(request).user, dispute_of(match, dispute_id)
    if not may_decide(user, found, match, side):
        plays = "You play in this match: the staff decides its dispute."
        raise Problem(NOT_YOURS, plays if side is not None else "")
    given = None if data.score_a is None or data.score_b is None else (data.score_a, data.score_b)
    return disputes.decide(
        dispute_id=found.pk,
        by_id=user.pk,
        decision=data.decision,
        score=given,
        forfeited_by=data.forfeit,
    )


def place(request: HttpRequest, slug: str, match_id: int) -> tuple[Match, int | None]:
    """Return a match, and the entry for which the one who asks speaks there. Raises Http404."""
    match = match_of(slug, match_id)
    return match, side_of(caller_of(request).user.pk, match)


def playing(request: HttpRequest, slug: str, match_id: int) -> tuple[Match, int]:
    """Return a match in which the one who asks plays, and his entry. Raises Http404, Problem."""
    match, entry_id = place(request, slug, match_id)
    if entry_id is None:
        raise Problem(NOT_YOURS, "Who plays a match speaks for his side, and who leads his team.")
    return match, entry_id


def dispute_of(match: Match, dispute_id: int) -> Dispute:
    """Return a dispute about a match. Raises Http404."""
    found = match.disputes.filter(pk=dispute_id).first()
    if found is None:
        raise Http404(str(dispute_id))
    return found


def shown(match: Match) -> dict[str, Any]:
    """Return what the sides of a match have said, as it is now."""
    now = Match.objects.get(pk=match.pk)
    found = list(now.disputes.prefetch_related("evidence"))
    waits = any(one.status != Stand.DECIDED for one in found)
    return {
        "state": "DISPUTED" if waits else now.status,
        "report_due_at": now.report_due_at,
        "reports": list(now.reports.all()),
        "disputes": found,
    }
