"""Who did what: looks at what is hidden, edits of privacy and money, delivery, and the administration.

Each of it is kept where it happens, append-only by the database; here it is read together, the newest first.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.economy import selectors as economy
from apps.events import search
from apps.events.models import Act
from apps.events.search import Query
from apps.user_profile.selectors.looks import looks

PAGE = 50

LOOKS, PRIVACY, MONEY, DELIVERY, ADMIN = "looks", "privacy", "money", "delivery", "admin"
KINDS = {
    LOOKS: gettext_lazy("Looks at what is hidden"),
    PRIVACY: gettext_lazy("Privacy changed"),
    MONEY: gettext_lazy("Money booked by hand"),
    DELIVERY: gettext_lazy("Delivery of events"),
    ADMIN: gettext_lazy("Administration"),
}
ACTIONS = {1: gettext_lazy("added"), 2: gettext_lazy("changed"), 3: gettext_lazy("deleted")}
# Rows of one moment keep this order between kinds.
RANKS = {kind: rank for rank, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that somebody did. `about` is a player's number, or None."""

    at: datetime
    kind: str
    id: int
    by: str
    what: str
    about: int | None = None
    more: str = ""

    @property
    def place(self) -> tuple[datetime, int, int]:
        """Where it stands among all."""
        return self.at, RANKS[self.kind], self.id

    @property
    def label(self) -> str:
        """What kind of thing it is, in words."""
        return str(KINDS[self.kind])


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; what is None or empty says nothing. `before` is the line to begin behind."""

    kind: str = ""
    by: str = ""
    by_id: int | None = None
    about: int | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: tuple[datetime, int, int] | None = None


def lines(asked: Asked) -> list[Line]:
    """Return the newest lines that fit, one more than a page if there are more; names are put in."""
    kinds = [asked.kind] if asked.kind else list(KINDS)
    if asked.by and asked.by_id is None:
        kinds = [kind for kind in kinds if kind == DELIVERY]  # the user of a shell has no account
    found = [line for kind in kinds for line in READERS[kind](asked)]
    found.sort(key=lambda line: line.place, reverse=True)
    return named(found[: PAGE + 1])


def named(found: list[Line]) -> list[Line]:
    """Put usernames where numbers of members of staff are. One query."""
    numbers = {int(line.by) for line in found if line.by.isdigit()}
    names = dict(get_user_model().objects.filter(pk__in=numbers).values_list("pk", "username"))
    return [
        Line(line.at, line.kind, line.id, names.get(int(line.by), line.by), line.what, line.about, line.more)
        if line.by.isdigit()
        else line
        for line in found
    ]


def _within[Row: Any](asked: Asked, kind: str, rows: QuerySet[Row], time: str) -> QuerySet[Row]:
    """Keep what lies in the time that is asked for and behind the line to begin behind, the newest first."""
    if asked.since:
        rows = rows.filter(**{f"{time}__gte": asked.since})
    if asked.until:
        rows = rows.filter(**{f"{time}__lt": asked.until})
    if asked.before:
        at, rank, number = asked.before
        behind = Q(**{f"{time}__lt": at})
        if RANKS[kind] < rank:
            behind |= Q(**{time: at})
        elif RANKS[kind] == rank:
            behind |= Q(**{time: at, "pk__lt": number})
        # The first condition is for the index; the second for lines of one moment.
        rows = rows.filter(behind, **{f"{time}__lte": at})
    return rows.order_by(F(time).desc(), "-pk")[: PAGE + 1]


def _looks(asked: Asked) -> Iterable[Line]:
    rows = looks(staff_id=asked.by_id, user_id=asked.about)
    if asked.text:
        rows = rows.filter(parts__contains=[asked.text])
    for row in _within(asked, LOOKS, rows, "looked_at"):
        yield Line(
            row.looked_at, LOOKS, row.pk, str(row.staff_id), _("saw"), row.user_id, ", ".join(row.parts)
        )


def _privacy(asked: Asked) -> Iterable[Line]:
    """Read edits of privacy from the log; players change their own, so who and whom are one."""
    if asked.text or (asked.by_id and asked.about and asked.by_id != asked.about):
        return
    until = [moment for moment in (asked.until, asked.before[0] if asked.before else None) if moment]
    query = Query(
        event_type="privacy_changed",
        user_id=asked.about or asked.by_id,
        since=asked.since,
        # Times of the log are looked up among ids, which end before the moment; lines of it come again below.
        until=min(until) + timedelta(microseconds=1) if until else None,
    )
    for event in search.page(query, limit=PAGE + 1):
        line = Line(
            event.created_at,
            PRIVACY,
            event.id,
            str(event.actor_id or event.subject_ids[0]),
            _("changed privacy"),
            event.subject_ids[0],
            str(event.uid),
        )
        if asked.before is None or line.place < asked.before:
            yield line


def _money(asked: Asked) -> Iterable[Line]:
    rows = economy.by_hand(staff_id=asked.by_id, user_id=asked.about)
    if asked.text:
        rows = rows.filter(description__icontains=asked.text)
    for row in _within(asked, MONEY, rows, "booked_at"):
        yield Line(
            row.booked_at,
            MONEY,
            row.pk,
            str(row.actor_id or ""),
            row.get_kind_display(),
            row.player_id,  # type: ignore[attr-defined]
            row.description,
        )


def _delivery(asked: Asked) -> Iterable[Line]:
    if asked.about is not None:
        return
    rows = Act.objects.filter(by=asked.by) if asked.by else Act.objects.all()
    if asked.text:
        rows = rows.filter(Q(reason__icontains=asked.text) | Q(target__icontains=asked.text))
    for row in _within(asked, DELIVERY, rows, "acted_at"):
        what = f"{row.verb} {row.target}".strip()
        yield Line(row.acted_at, DELIVERY, row.pk, row.by, what, None, row.reason)


def _admin(asked: Asked) -> Iterable[Line]:
    if asked.about is not None:
        return
    rows = LogEntry.objects.select_related("content_type")
    if asked.by_id is not None:
        rows = rows.filter(user_id=asked.by_id)
    if asked.text:
        rows = rows.filter(Q(object_repr__icontains=asked.text) | Q(change_message__icontains=asked.text))
    for row in _within(asked, ADMIN, rows, "action_time"):
        kind = row.content_type.name if row.content_type else ""
        what = f"{ACTIONS.get(row.action_flag, '')} {kind}".strip()
        yield Line(row.action_time, ADMIN, row.pk, str(row.user_id), what, None, row.object_repr)


READERS: dict[str, Callable[[Asked], Iterable[Line]]] = {
    LOOKS: _looks,
    PRIVACY: _privacy,
    MONEY: _money,
    DELIVERY: _delivery,
    ADMIN: _admin,
}
