"""How a phase goes on: what should be is compared with what is stored, and the difference is applied.

Everything that happens in a phase ends here: a draw, a result, a withdrawal, a correction. What was announced
and does not hold any more is retracted on the way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from apps.tournaments.formats.engine import places_of
from apps.tournaments.formats.fixtures import Fixture, Picture, Spot
from apps.tournaments.formats.results import Outcome
from apps.tournaments.formats.settings import Format
from apps.tournaments.models import (
    Leaving,
    Match,
    MatchMap,
    MatchParticipant,
    MatchReport,
    MatchStatus,
    Phase,
    PhaseEntry,
    PhaseStatus,
    Seeding,
    TournamentEntry,
    TournamentParticipant,
    moment,
)
from apps.tournaments.services import matches
from apps.tournaments.services.states import Stored, stored, tables_of, wanted
from apps.tournaments.signals import tournament_match_ready

DECIDED = (
    "entry_a_id", "entry_b_id", "source_a", "source_b", "status", "outcome", "winner_id", "score_a",
    "score_b", "best_of",
)  # fmt: skip
"""The columns of a match that its format decides."""

NOTHING = {"outcome": "", "score_a": 0, "score_b": 0}


@dataclass(slots=True)
class Changes:
    """What a step of a phase changes: matches by what becomes of them."""

    created: list[Fixture] = field(default_factory=list)
    updated: dict[int, Fixture | None] = field(default_factory=dict)
    """By match; None for one that is not needed any more."""
    voided: list[int] = field(default_factory=list)
    """Matches whose result does not hold any more."""


def compare(rows: Mapping[Spot, Stored], there: Picture) -> Changes:
    """Return what has to change so that the stored matches are those of the picture."""
    changes = Changes()
    for spot, fixture in there.fixtures.items():
        row = rows.get(spot)
        if row is None:
            changes.created.append(fixture)
        elif columns_of(fixture, row.status) != columns_of_row(row):
            changes.updated[row.pk] = fixture
            if row.decided and fixture.decision != row.decision:
                changes.voided.append(row.pk)
    for spot, row in rows.items():
        if spot not in there.fixtures and row.status != MatchStatus.CANCELLED:
            changes.updated[row.pk] = None
            if row.decided:
                changes.voided.append(row.pk)
    return changes


def columns_of_row(row: Stored) -> dict[str, Any]:
    """Return the columns of a stored match that a format decides."""
    return {name: value for name, value in row._asdict().items() if name in DECIDED}


def columns_of(fixture: Fixture | None, status: str = "") -> dict[str, Any]:
    """Return the columns that a format decides, as they should be; a match in play stays so."""
    if fixture is None:
        return {
            **dict.fromkeys(("entry_a_id", "entry_b_id", "winner_id")),
            **NOTHING,
            "status": MatchStatus.CANCELLED,
        }
    decision = fixture.decision
    columns = {
        "entry_a_id": fixture.a or None,
        "entry_b_id": fixture.b or None,
        "source_a": str(fixture.source_a or ""),
        "source_b": str(fixture.source_b or ""),
        "winner_id": None,
        "best_of": fixture.best_of,
        **NOTHING,
    }
    if decision:
        return columns | {
            "status": MatchStatus.COMPLETED,
            "outcome": decision.outcome,
            "winner_id": decision.winner,
            "score_a": decision.score_a,
            "score_b": decision.score_b,
        }
    if fixture.a is None or fixture.b is None:
        return columns | {"status": MatchStatus.PENDING}
    return columns | {"status": MatchStatus.LIVE if status == MatchStatus.LIVE else MatchStatus.READY}


def settle(phase: Phase) -> Changes:
    """Bring the stored matches of a phase, which is locked with its tournament, to what they should be."""
    rows = stored(phase)
    there = wanted(phase, rows)
    changes = compare(rows, there)
    void(changes.voided)
    create(phase, changes.created)
    update(changes.updated)
    close(phase, there)
    if there.finished:
        feed(phase)
    return changes


def feed(phase: Phase) -> None:
    """Bring the phase after one that is over up to date, if it has begun.

    Who is through by a correction takes the seat of somebody who is no more; all others stay where they are.
    """
    after = Phase.objects.filter(tournament=phase.tournament_id, number=phase.number + 1).first()
    if after is None or after.status == PhaseStatus.PENDING:
        return
    through = qualified(phase, snake=after.seeding == Seeding.SNAKE)
    seats = {seat.entry_id: seat for seat in PhaseEntry.objects.filter(phase=after).order_by("seed")}
    coming = [entry_id for entry_id in through if entry_id not in seats]
    going = [seat for entry_id, seat in seats.items() if entry_id not in through]
    if coming and going:
        for seat, entry_id in zip(going, coming, strict=False):
            seat.entry_id = entry_id
        PhaseEntry.objects.bulk_update(going, ["entry"])
        settle(after)


def qualified(phase: Phase, *, snake: bool = False) -> list[int]:
    """Return who goes on from a completed phase, best first.

    Of groups, the first of each come before the second of each; with `snake` every other rank is turned
    round, so that the first of group A is far from the second of group A.
    """
    if phase.format != Format.ROUND_ROBIN:
        placed = phase.entries.order_by("place_from", "seed").values_list("entry_id", flat=True)
        return list(placed[: phase.advancing])
    tables = tables_of([phase])[phase.pk]
    most = phase.advancing or max(map(len, tables.values()), default=0)
    through: list[int] = []
    for rank in range(most):
        level = [int(rows[rank].team) for rows in tables.values() if rank < len(rows)]
        through += reversed(level) if snake and rank % 2 else level
    return through


@transaction.atomic(savepoint=False)
def void(match_ids: Iterable[int]) -> None:
    """Take back results that do not hold any more, with all that was announced of them."""
    for match in Match.objects.filter(pk__in=list(match_ids)).order_by("pk"):
        matches.retract(match)
    for rows in (MatchParticipant, MatchMap, MatchReport):
        rows.objects.filter(match__in=list(match_ids)).delete()


def create(phase: Phase, fixtures: Iterable[Fixture]) -> None:
    """Store matches that are new."""
    now = moment()
    made = Match.objects.bulk_create(
        Match(
            tournament_id=phase.tournament_id,
            phase=phase,
            stage=fixture.spot.stage,
            group=fixture.spot.group,
            round=fixture.spot.round,
            number=fixture.spot.number,
            played_at=now if between_two(fixture) else None,
            **columns_of(fixture),
        )
        for fixture in fixtures
    )
    announce_ready(made)


def update(fixtures: Mapping[int, Fixture | None]) -> None:
    """Store what has changed of matches; one that was decided elsewhere keeps its time.

    What was reported of a match ends with its sides; who has one to play now hears of it.
    """
    now = moment()
    changed, ready, others = [], [], []
    for match in Match.objects.filter(pk__in=list(fixtures)).order_by("pk"):
        fixture = fixtures[match.pk]
        before = (match.status, match.entry_a_id, match.entry_b_id)
        for name, value in columns_of(fixture, match.status).items():
            setattr(match, name, value)
        if not between_two(fixture):
            match.played_at = None
            match.name_a = match.name_b = ""
        elif match.played_at is None:
            match.played_at = now
        if before != (match.status, match.entry_a_id, match.entry_b_id):
            match.report_due_at = None
            others.append(match.pk)
            if match.status == MatchStatus.READY:
                ready.append(match)
        changed.append(match)
    MatchReport.objects.filter(match__in=others).delete()
    stored = [*DECIDED, "played_at", "name_a", "name_b", "report_due_at"]
    Match.objects.bulk_update(changed, stored, batch_size=500)
    announce_ready(ready)


@transaction.atomic(savepoint=False)
def announce_ready(found: Iterable[Match]) -> None:
    """Say to the players of matches that they can be played."""
    tournament_match_ready.send_many(
        Match, for_players(match for match in found if match.status == MatchStatus.READY)
    )


def for_players(found: Iterable[Match]) -> list[dict[str, Any]]:
    """Return what is said of matches, to each of their players."""
    by_entry = {entry_id: match for match in found for entry_id in (match.entry_a_id, match.entry_b_id)}
    rows = TournamentParticipant.objects.filter(entry__in=list(by_entry)).order_by("user_id")
    return [
        {
            "user_id": user_id,
            "match_id": by_entry[entry_id].pk,
            "tournament_id": by_entry[entry_id].tournament_id,
        }
        for user_id, entry_id in rows.values_list("user_id", "entry_id")
    ]


def between_two(fixture: Fixture | None) -> bool:
    """Return whether a match was decided between two entrants."""
    return bool(fixture and fixture.decision and fixture.decision.outcome not in (Outcome.BYE, Outcome.VOID))


def close(phase: Phase, there: Picture) -> None:
    """Complete a phase that is over, with everybody's place; open one again that is over no more."""
    status = PhaseStatus.COMPLETED if there.finished else PhaseStatus.LIVE
    places = places_of(there.tiers)
    if phase.status == status and not places:
        return
    moved = []
    for entry in PhaseEntry.objects.filter(phase=phase):
        place = places.get(entry.entry_id)
        first, last = (place.first, place.last) if place else (None, None)
        if (entry.place_from, entry.place_to) != (first, last):
            entry.place_from, entry.place_to = first, last
            moved.append(entry)
    PhaseEntry.objects.bulk_update(moved, ["place_from", "place_to"])
    if phase.status != status:
        phase.status = status
        phase.save(update_fields=["status"])


def leave(entry: TournamentEntry, why: Leaving) -> None:
    """Note down that an entrant plays no further match."""
    entry.left, entry.left_at = why, moment()
    entry.save(update_fields=["left", "left_at"])
