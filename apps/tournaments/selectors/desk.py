"""What the desk of a tournament and the room of a match show: to who runs it, and to the sides."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from apps.tournaments.models import (
    Dispute,
    Match,
    MatchReport,
    MatchStatus,
    Reason,
    Stand,
    Tournament,
    TournamentAction,
    TournamentEntry,
)

REASONS = [(reason.value, reason.label) for reason in Reason if reason != Reason.SCORES_DIFFER]
"""What a side may give as the reason of a dispute."""


def tournament_run_by(slug: str, user: Any) -> Tournament | None:
    """Return a tournament that somebody runs."""
    found = Tournament.objects.select_related("game").filter(slug=slug).first()
    return found if found is not None and found.is_run_by(user) else None


def matches_by_id(match_ids: Sequence[int]) -> dict[int, Match]:
    """Return matches with all that a card shows. One query."""
    return with_sides().in_bulk(match_ids)


def entry_names(entry_ids: Sequence[int]) -> dict[int, str]:
    """Return what entries were called when they registered. One query."""
    return dict(TournamentEntry.objects.filter(pk__in=entry_ids).values_list("pk", "name"))


def match_in(slug: str, match_id: int) -> Match | None:
    """Return a match of a tournament that is needed, with all that a card shows. One query."""
    needed = with_sides().exclude(status=MatchStatus.CANCELLED)
    return needed.filter(tournament__slug=slug, pk=match_id, phase__isnull=False).first()


def with_sides() -> QuerySet[Match]:
    """Return matches with all that a card shows."""
    return Match.objects.select_related("tournament", "entry_a__team", "entry_b__team", "phase")


def reports_of(match: Match) -> Sequence[MatchReport]:
    """Return what the sides of a match have reported. One query."""
    return list(match.reports.all())


def disputes_of(match: Match) -> list[Dispute]:
    """Return the disputes about a match with their evidence, the latest first. Two queries."""
    return list(match.disputes.prefetch_related("evidence"))


def may_decide(user: Any, dispute: Dispute, match: Match) -> bool:
    """Tell whether somebody decides a dispute: who runs the tournament; once it is escalated, the staff."""
    if dispute.status == Stand.ESCALATED:
        return bool(user.has_perm("tournaments.change_tournament"))
    return match.tournament.is_run_by(user)


def entries_at(tournament_id: int, most: int) -> Sequence[TournamentEntry]:
    """Return the registrations of a tournament, the first first, whatever became of them. One query."""
    rows = TournamentEntry.objects.filter(tournament_id=tournament_id).select_related("team")
    return list(rows.order_by("registered_at", "pk")[:most])


def open_matches(tournament_id: int, most: int) -> Sequence[Match]:
    """Return the matches that can be decided now, those in play first. One query."""
    rows = with_sides().filter(tournament_id=tournament_id, phase__isnull=False)
    return list(rows.filter(status__in=[MatchStatus.READY, MatchStatus.LIVE]).order_by("status", "pk")[:most])


def decided_matches(tournament_id: int, most: int) -> Sequence[Match]:
    """Return the matches that were decided last: those can be corrected. One query."""
    rows = with_sides().filter(tournament_id=tournament_id, played_at__isnull=False)
    return list(rows.order_by("-played_at", "-pk")[:most])


def disputes_in(tournament_id: int) -> list[Dispute]:
    """Return the disputes of a tournament that wait, the oldest first. One query."""
    rows = Dispute.objects.exclude(status=Stand.DECIDED).filter(match__tournament_id=tournament_id)
    return list(rows.order_by("opened_at", "pk"))


def log_of(tournament_id: int, most: int) -> Sequence[TournamentAction]:
    """Return what was done last by those who run a tournament. One query."""
    rows = TournamentAction.objects.filter(tournament_id=tournament_id).select_related("entry")
    return list(rows[:most])
