"""Reads for moderators: what waits, and all about a case. Whoever calls has checked the permission."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from apps.community import texts
from apps.community.models import Action, Reason, Report, Restriction, Revision, Verb
from apps.community.selectors.subjects import NoSuchSubject, Subject, subject_of
from apps.user_profile import selectors as players
from apps.user_profile.selectors.players import PlayerCard

__all__ = ["Reason", "Verb"]

ROWS_MAX = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that was reported and not decided, the oldest first."""

    subject: str
    player: PlayerCard | None
    count: int
    since: datetime
    excerpt: str


@dataclass(frozen=True, slots=True)
class Case:
    """All about one subject. `subject` is None when what was reported is gone."""

    name: str
    subject: Subject | None
    player: PlayerCard | None
    html: str
    revisions: Sequence[Revision]
    reports: Sequence[Report]
    actions: Sequence[Action]
    restrictions: Sequence[Restriction]
    cards: dict[int, PlayerCard]


def queue() -> QuerySet[Any]:
    """Return what waits for a decision, the oldest first."""
    rows = Report.objects.filter(closed_by=None).order_by().values("subject", "player_id")
    return rows.annotate(count=Count("pk"), since=Min("created_at"), latest=Max("pk")).order_by(
        "since", "latest"
    )


def waiting(rows: Sequence[dict[str, Any]]) -> list[Waiting]:
    """Return the lines of a page of the queue. Two queries."""
    found = list(rows)
    latest = Report.objects.in_bulk([row["latest"] for row in found])
    cards = players.cards({row["player_id"] for row in found})
    return [
        Waiting(
            subject=row["subject"],
            player=cards.get(row["player_id"]),
            count=row["count"],
            since=row["since"],
            excerpt=texts.preview(latest[row["latest"]].excerpt),
        )
        for row in found
    ]


def case(name: str) -> Case | None:
    """Return all about a subject; None where there is nothing and never was."""
    try:
        subject = subject_of(name)
    except NoSuchSubject:
        subject = None
    reports = list(Report.objects.filter(subject=name).select_related("closed_by").order_by("-pk")[:ROWS_MAX])
    if subject is None and not reports:
        return None
    player_id = subject.player_id if subject else reports[0].player_id
    actions = list(Action.objects.filter(player_id=player_id).order_by("-pk")[:ROWS_MAX])
    restrictions = list(Restriction.objects.in_force().filter(player_id=player_id).select_related("action"))
    named = {player_id, *(report.reporter_id for report in reports)}
    named |= {action.moderator_id for action in actions if action.moderator_id is not None}
    cards = players.cards(named)
    is_post = subject is not None and subject.kind == "post"
    return Case(
        name=name,
        subject=subject,
        player=cards.get(player_id),
        html=texts.html_of(subject.text) if subject and subject.text else "",
        revisions=list(Revision.objects.filter(post_id=subject.id).order_by("-pk"))
        if subject and is_post
        else [],
        reports=reports,
        actions=actions,
        restrictions=restrictions,
        cards=cards,
    )


def reports_of(reporter_id: int) -> QuerySet[Report]:
    """Return what a player reported, the latest first."""
    return Report.objects.filter(reporter_id=reporter_id).select_related("closed_by").order_by("-pk")


def player_id(username: str) -> int | None:
    """Return the id of the player with this username, also a former one."""
    profile = players.profile_by_username(username)
    return profile.user_id if profile else None
