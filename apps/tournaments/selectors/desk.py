"""What the desk of a tournament and the room of a match show: to who runs it, and to the sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, FilteredRelation, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import JSONObject

from apps.tournaments.models import (
    Dispute,
    Match,
    MatchReport,
    MatchStatus,
    Reason,
    Registration,
    Stand,
    Tournament,
    TournamentAction,
    TournamentEntry,
)
from apps.tournaments.selectors.speaking import own_side

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


def match_for(user_id: int, slug: str, match_id: int) -> Any:
    """Return a match as `match_in` does, with the `own_entry_id` of who looks and what was `said`. One query.

    Each report is a dictionary of its `entry` and the two scores.
    """
    said = MatchReport.objects.filter(match=OuterRef("pk")).order_by("pk")
    columns = JSONObject(entry="entry_id", score_a="score_a", score_b="score_b")
    rows = own_side(with_sides(), user_id).annotate(said=ArraySubquery(said.values_list(columns)))
    needed = rows.exclude(status=MatchStatus.CANCELLED).filter(phase__isnull=False)
    return needed.filter(tournament__slug=slug, pk=match_id).first()


def with_sides() -> QuerySet[Match]:
    """Return matches with all that a card shows."""
    return Match.objects.select_related("tournament", "entry_a__team", "entry_b__team", "phase")


def disputes_of(match: Match) -> list[Dispute]:
    """Return the disputes about a match with their evidence, the latest first. Two queries."""
    return list(match.disputes.prefetch_related("evidence"))


def may_decide(user: Any, dispute: Dispute, match: Match, side: int | None) -> bool:
    """Tell whether somebody decides a dispute: who runs the tournament; once it is escalated, the staff.

    Never who has a `side` in the match.
    """
    if side is not None:
        return False
    if dispute.status == Stand.ESCALATED:
        return bool(user.has_perm("tournaments.change_tournament"))
    return match.tournament.is_run_by(user)


def entries_at(tournament_id: int) -> QuerySet[TournamentEntry]:
    """Return the registrations of a tournament, whatever became of them; nothing is read yet.

    Those that wait for an answer come first, then the first first.
    """
    waits = Case(When(status=Registration.PENDING, then=Value(0)), default=Value(1))
    return TournamentEntry.objects.filter(tournament_id=tournament_id).order_by(waits, "registered_at", "pk")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A dispute that waits, as a list of them shows it."""

    match_id: int
    reason: str
    status: str
    opened_at: datetime

    def get_reason_display(self) -> str:
        """Return what it is about, in words."""
        return str(Reason(self.reason).label)

    def get_status_display(self) -> str:
        """Return for whom it waits, in words."""
        return str(Stand(self.status).label)


@dataclass(frozen=True, slots=True)
class OnTheDesk:
    """Matches that can be decided now, those in play first; those decided last; the disputes that wait."""

    open: Sequence[Match]
    decided: Sequence[Match]
    disputes: Sequence[Waiting]


def on_the_desk(tournament_id: int, most: int) -> OnTheDesk:
    """Return what a tournament's matches ask of who runs it, at most so many of each. One query."""
    rows = Match.objects.filter(tournament_id=tournament_id)
    ready = rows.filter(phase__isnull=False, status__in=[MatchStatus.READY, MatchStatus.LIVE])
    decided = rows.filter(played_at__isnull=False).order_by("-played_at", "-pk")
    disputed = Dispute.objects.exclude(status=Stand.DECIDED).filter(match__tournament_id=tournament_id)
    wanted = (
        Q(pk__in=ready.order_by("status", "pk").values("pk")[:most])
        | Q(pk__in=decided.values("pk")[:most])
        | Q(pk__in=disputed.values("match_id"))
    )
    waits = FilteredRelation("disputes", condition=~Q(disputes__status=Stand.DECIDED))
    columns = {f"dispute_{name}": F(f"waits__{name}") for name in ("reason", "status", "opened_at")}
    rows_shown: Any = with_sides().annotate(waits=waits).annotate(**columns).filter(wanted)
    found = list(rows_shown)
    by_play = sorted((one for one in found if one.played_at), key=lambda one: (one.played_at, one.pk))
    can_be = [one for one in found if one.phase_id and one.status in (MatchStatus.READY, MatchStatus.LIVE)]
    asked = [
        Waiting(one.pk, one.dispute_reason, one.dispute_status, one.dispute_opened_at)
        for one in found
        if one.dispute_status
    ]
    return OnTheDesk(
        open=sorted(can_be, key=lambda one: (one.status, one.pk))[:most],
        decided=by_play[::-1][:most],
        disputes=sorted(asked, key=lambda one: (one.opened_at, one.match_id)),
    )


def log_of(tournament_id: int, most: int) -> Sequence[TournamentAction]:
    """Return what was done last by those who run a tournament, with their profiles. One query."""
    rows = TournamentAction.objects.filter(tournament_id=tournament_id)
    return list(rows.select_related("entry", "by__userprofile")[:most])
