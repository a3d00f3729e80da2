"""The pages of those who play and run a tournament: the room of a match, and the organiser's desk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.tournaments import selectors as tournaments
from apps.tournaments.selectors import desk as desk_rows
from apps.tournaments.selectors.names import as_seen
from apps.user_profile.selectors.privacy import viewer_of
from apps.web.selectors import Row

DONE: dict[str, Promise] = {
    "ANNOUNCED": _("announced the tournament"),
    "CONFIGURED": _("changed its conditions"),
    "STARTED": _("started it"),
    "COMPLETED": _("completed it"),
    "PHASE_ADDED": _("planned a phase"),
    "PHASE_SEEDED": _("seeded a phase"),
    "PHASE_STARTED": _("drew a phase"),
    "APPROVED": _("admitted"),
    "REJECTED": _("did not admit"),
    "READMITTED": _("let register again"),
    "WITHDRAWN": _("withdrew"),
    "CHECKED_IN": _("checked in"),
    "DISQUALIFIED": _("disqualified"),
    "RESULT_ENTERED": _("entered a result"),
    "FORFEITED": _("gave a match by forfeit"),
    "CORRECTED": _("corrected a result"),
    "CORRECTION_UNDONE": _("undid a correction"),
    "DISPUTE_DECIDED": _("decided a dispute"),
}
WAITING_MAX = 30
ENTRIES_PER_PAGE = 50
LOG_MAX = 30


@dataclass(frozen=True)
class Said:
    """A report of one side, in the side's name."""

    name: str
    score_a: int
    score_b: int
    is_own: bool


@dataclass(frozen=True)
class Room:
    """All that the room of a match shows. `entry_id` is the viewer's side, None for who runs it."""

    tournament: Row
    match: tournaments.MatchCard
    row: Row
    entry_id: int | None
    runs: bool
    decides: bool
    reports: list[Said]
    disputes: list[Row]

    @property
    def dispute(self) -> Row | None:
        """The dispute that waits."""
        return next((one for one in self.disputes if one.status != "DECIDED"), None)

    @property
    def may_begin(self) -> bool:
        """Whether a side, or who runs it, can say now that the match is being played."""
        return bool(self.tournament.status == "LIVE" and self.row.status == "READY")

    @property
    def may_report(self) -> bool:
        """Whether the viewer's side can report now."""
        return bool(self.entry_id and self.row.status in ("READY", "LIVE") and self.dispute is None)

    @property
    def may_dispute(self) -> bool:
        """Whether the viewer's side can dispute the match now."""
        on = self.tournament.status == "LIVE" and self.row.status in ("READY", "LIVE", "COMPLETED")
        return bool(self.entry_id and on and self.dispute is None and self.match.state != "BYE")

    @property
    def theirs(self) -> Said | None:
        """What the other side reported."""
        return next((one for one in self.reports if not one.is_own), None)


def room(slug: str, match_id: int, user: Any) -> Room | None:
    """Compose the room of a match for its sides and for who runs the tournament; for others there is none."""
    found = desk_rows.match_for(user.pk, slug, match_id)
    if found is None:
        return None
    entry_id = found.own_entry_id
    # Who has a side decides nothing here, so whether he is of the staff need not be asked.
    runs = found.tournament.organiser_id == user.pk or (entry_id is None and found.tournament.is_run_by(user))
    if entry_id is None and not runs:
        return None
    [card] = as_seen([tournaments.card(found)], viewer_of(user))
    names = {card.a.entry_id: card.a.name, card.b.entry_id: card.b.name}
    disputes = desk_rows.disputes_of(found)
    waiting = next((one for one in disputes if one.status != "DECIDED"), None)
    return Room(
        tournament=found.tournament,
        match=card,
        row=found,
        entry_id=entry_id,
        runs=runs,
        decides=waiting is not None and desk_rows.may_decide(user, waiting, found, entry_id),
        reports=[
            Said(names.get(one["entry"], ""), one["score_a"], one["score_b"], one["entry"] == entry_id)
            for one in found.said
        ],
        disputes=disputes,
    )


@dataclass(frozen=True)
class Line:
    """A line of the log."""

    at: Any
    by: str
    done: str | Promise
    entry: str
    match_id: int | None
    reason: str


@dataclass(frozen=True)
class Desk:
    """All that the desk of a tournament shows."""

    tournament: Row
    taken: int
    waiting: int
    asked: int
    entries: Any
    matches: Sequence[tournaments.MatchCard]
    disputes: Sequence[desk_rows.Waiting]
    decided: Sequence[tournaments.MatchCard]
    phases: list[Row]
    log: list[Line]


def desk(slug: str, user: Any) -> Desk | None:
    """Compose the desk for who runs the tournament, or None."""
    planned = tournaments.places_with_phases(slug)
    if planned is None or not planned[0].tournament.is_run_by(user):
        return None
    places, phases = planned
    tournament = places.tournament
    found = desk_rows.on_the_desk(tournament.pk, WAITING_MAX)
    cards = [tournaments.card(match) for match in found.open]
    decided = [tournaments.card(match) for match in found.decided]
    shown = as_seen([*cards, *decided], viewer_of(user))
    return Desk(
        tournament=tournament,
        taken=places.taken,
        waiting=places.waiting,
        asked=places.asked,
        entries=desk_rows.entries_at(tournament.pk),
        matches=shown[: len(cards)],
        decided=shown[len(cards) :],
        disputes=found.disputes,
        phases=phases,
        log=log_lines(desk_rows.log_of(tournament.pk, LOG_MAX)),
    )


def log_lines(rows: Iterable[Row]) -> list[Line]:
    """Return lines of the log with the names of who did it."""
    return [
        Line(
            row.done_at,
            row.by.userprofile.display_name,
            DONE[row.kind],
            row.entry.name if row.entry else "",
            row.match_id,
            row.reason,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Touched:
    """A match that a correction touches; `void` where its result holds no more."""

    card: tournaments.MatchCard
    void: bool


@dataclass(frozen=True)
class Moved:
    """An entry that gets another final place."""

    name: str
    before: int | None
    after: int | None


@dataclass(frozen=True)
class CorrectionPage:
    """A match that can be corrected, and what another score would touch once one is given."""

    match: tournaments.MatchCard
    asked: bool
    touched: list[Touched]
    moved: list[Moved]
    players: int
    reopens: bool


def correction_page(match: Row, preview: Any, user: Any) -> CorrectionPage:
    """Compose the page of a correction from its preview, None while no score is given."""
    viewer = viewer_of(user)
    [card] = as_seen([tournaments.card(match)], viewer)
    if preview is None:
        return CorrectionPage(card, False, [], [], 0, False)
    rows = desk_rows.matches_by_id([one.after.pk for one in preview.matches])
    names = desk_rows.entry_names([one.entry_id for one in preview.places])
    known = [one for one in preview.matches if one.after.pk in rows]
    cards = as_seen([tournaments.card(rows[one.after.pk]) for one in known], viewer)
    return CorrectionPage(
        match=card,
        asked=True,
        touched=[Touched(shown, one.void) for shown, one in zip(cards, known, strict=True)],
        moved=[Moved(names[one.entry_id], one.before, one.after) for one in preview.places],
        players=len(preview.players),
        reopens=preview.reopens,
    )
