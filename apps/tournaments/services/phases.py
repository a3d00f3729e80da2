"""The phases of a tournament: planned, seeded, drawn, and fed by the one before."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.tournaments.formats.seeding import shuffled
from apps.tournaments.formats.settings import SETTINGS, Format
from apps.tournaments.models import (
    Done,
    Phase,
    PhaseEntry,
    PhaseStatus,
    Seeding,
    Status,
    Tournament,
    TournamentEntry,
)
from apps.tournaments.services import audit, progress
from apps.tournaments.services.locks import lock_tournament

ENTRANTS_MAX = 2048
"""A bracket of more is no page that anybody reads."""
DRAW_SEED_BITS = 62


class PhaseBegun(ValidationError):
    """The phase is drawn already: what changes it now are results, withdrawals and corrections."""

    def __init__(self, phase: Phase) -> None:
        super().__init__("%(phase)s has begun already.", code="phase_begun", params={"phase": str(phase)})


class NotTheEntrants(ValidationError):
    """The order does not name each entrant of the phase once."""

    def __init__(self) -> None:
        super().__init__(
            "The seeding has to name every entrant of the phase exactly once.", code="not_the_entrants"
        )


class PhaseBeforeIsOpen(ValidationError):
    """The phase before has to be over, then it is known who is in this one."""

    def __init__(self) -> None:
        super().__init__("The phase before it is not over yet.", code="phase_before_is_open")


class TooManyEntrants(ValidationError):
    """A phase has room for ENTRANTS_MAX."""

    def __init__(self) -> None:
        super().__init__(
            "A phase has room for %(most)s entrants.", code="too_many_entrants", params={"most": ENTRANTS_MAX}
        )


class NoLateEntry(ValidationError):
    """Only a Swiss that is being played takes somebody in late."""

    def __init__(self) -> None:
        super().__init__("Only a Swiss that is being played takes late entrants.", code="no_late_entry")


@transaction.atomic
def add(
    *,
    tournament_id: int,
    format: str,
    settings: Mapping[str, Any] | None = None,
    name: str = "",
    seeding: str = Seeding.HAND,
    draw_seed: int | None = None,
    advancing: int | None = None,
    by_id: int | None = None,
) -> Phase:
    """Plan one more phase, the last one so far; `draw_seed` repeats lots that were drawn elsewhere.

    Raises BadSettings, WrongStatus once the tournament is completed, ValidationError by field.
    """
    tournament = lock_tournament(tournament_id)
    if tournament.status == Status.COMPLETED:
        tournament.must_be(Status.UPCOMING)
    if format not in Format.values:
        raise ValidationError({"format": "Unknown format."})
    number = tournament.phases.count() + 1
    phase = Phase(
        tournament=tournament,
        number=number,
        name=name.strip(),
        format=format,
        settings=SETTINGS[format].of(dict(settings or {})).as_json(),
        seeding=seeding,
        draw_seed=secrets.randbits(DRAW_SEED_BITS) if draw_seed is None else draw_seed,
        advancing=advancing,
    )
    phase.full_clean(validate_unique=False, validate_constraints=False)
    phase.save()
    audit.write(tournament_id, Done.PHASE_ADDED, by_id=by_id, phase=number, format=format)
    return phase


@transaction.atomic
def seed(*, phase_id: int, entry_ids: Sequence[int], by_id: int | None = None) -> Phase:
    """Put the entrants of a phase into an order by hand, the best first.

    Raises PhaseBegun, PhaseBeforeIsOpen, NotTheEntrants.
    """
    phase = lock(phase_id)
    entrants = {entry.pk for entry in entrants_of(phase)}
    if len(entry_ids) != len(entrants) or set(entry_ids) != entrants:
        raise NotTheEntrants
    store(phase, entry_ids)
    phase.seeding = Seeding.HAND
    phase.save(update_fields=["seeding"])
    audit.write(phase.tournament_id, Done.PHASE_SEEDED, by_id=by_id, phase=phase.number)
    return phase


@transaction.atomic
def start(*, phase_id: int, by_id: int | None = None) -> Phase:
    """Draw a phase: its first matches can be played.

    Raises PhaseBegun, PhaseBeforeIsOpen, WrongStatus unless the tournament is live, TooManyEntrants.
    """
    phase = lock(phase_id)
    phase.tournament.must_be(Status.LIVE)
    entrants = entrants_of(phase)
    known = list(phase.entries.order_by("seed").values_list("entry_id", flat=True))
    if len(entrants) > ENTRANTS_MAX:
        raise TooManyEntrants
    if {entry.pk for entry in entrants} != set(known):
        store(phase, in_order(phase, entrants, known))
    phase.status = PhaseStatus.LIVE
    phase.save(update_fields=["status"])
    audit.write(phase.tournament_id, Done.PHASE_STARTED, by_id=by_id, phase=phase.number)
    progress.settle(phase)
    return phase


@transaction.atomic
def enter_late(*, phase_id: int, entry_id: int) -> PhaseEntry:
    """Let somebody into a Swiss that is being played; the rounds before count nothing for him.

    Raises NoLateEntry, NotTheEntrants for an entry that is in it or in another tournament.
    """
    phase = locked(phase_id)
    if phase.format != Format.SWISS or phase.status != PhaseStatus.LIVE:
        raise NoLateEntry
    entry = TournamentEntry.objects.filter(pk=entry_id, tournament_id=phase.tournament_id).first()
    if entry is None or phase.entries.filter(entry=entry).exists():
        raise NotTheEntrants
    seat = PhaseEntry.objects.create(phase=phase, entry=entry, seed=phase.entries.count() + 1)
    progress.settle(phase)
    return seat


def lock(phase_id: int) -> Phase:
    """Return a phase that has not begun, locked after its tournament.

    Raises PhaseBegun.
    """
    phase = locked(phase_id)
    if phase.status != PhaseStatus.PENDING:
        raise PhaseBegun(phase)
    return phase


def locked(phase_id: int) -> Phase:
    """Return a phase, locked with its tournament."""
    phase = Phase.objects.get(pk=phase_id)
    tournament = lock_tournament(phase.tournament_id)
    phase = Phase.objects.select_for_update(no_key=True).get(pk=phase_id)
    phase.tournament = tournament
    return phase


def entrants_of(phase: Phase) -> list[TournamentEntry]:
    """Return who plays in a phase: all who entered, or all who come from the phase before, best first.

    Raises PhaseBeforeIsOpen.
    """
    if phase.number == 1:
        entries = phase.tournament.entries.confirmed().filter(left="")
        return sorted(entries, key=lambda entry: (entry.seed is None, entry.seed or 0, entry.pk))
    before = phase.tournament.phases.get(number=phase.number - 1)
    if before.status != PhaseStatus.COMPLETED:
        raise PhaseBeforeIsOpen
    through = progress.qualified(before, snake=phase.seeding == Seeding.SNAKE)
    entries_by_id = TournamentEntry.objects.in_bulk(through)
    return [entries_by_id[entry_id] for entry_id in through if not entries_by_id[entry_id].left]


def in_order(phase: Phase, entrants: Sequence[TournamentEntry], known: Sequence[int] = ()) -> list[int]:
    """Return entrants in the order in which a phase seeds them; `known` is the one that it was given by hand.

    Who withdrew since leaves his place to the next, who came since is last.
    """
    ids = [entry.pk for entry in entrants]
    if phase.seeding == Seeding.HAND and known:
        place = {entry_id: number for number, entry_id in enumerate(known)}
        return sorted(ids, key=lambda entry_id: place.get(entry_id, len(place)))
    if phase.seeding == Seeding.RANDOM:
        return [int(entry_id) for entry_id in shuffled(ids, phase.draw_seed)]
    if phase.seeding == Seeding.RANK and phase.number == 1:
        strength = strengths(phase.tournament, ids)
        return sorted(ids, key=lambda entry_id: -strength.get(entry_id, -1))
    return ids


def strengths(tournament: Tournament, entry_ids: Collection[int]) -> dict[int, float]:
    """Return how high the players of each entry are ranked on average, by the ladder of the game."""
    ladder = {rank: step for step, rank in enumerate(tournament.game.ranks)}
    found: dict[int, list[int]] = {}
    for entry_id, rank in tournament.participants.filter(entry__in=entry_ids).values_list(
        "entry_id", "game_rank"
    ):
        found.setdefault(entry_id or 0, []).append(ladder.get(rank, -1))
    return {entry_id: sum(steps) / len(steps) for entry_id, steps in found.items()}


def store(phase: Phase, entry_ids: Sequence[int]) -> None:
    """Write the seeds of a phase that has not begun."""
    phase.entries.all().delete()
    PhaseEntry.objects.bulk_create(
        PhaseEntry(phase=phase, entry_id=entry_id, seed=seed)
        for seed, entry_id in enumerate(entry_ids, start=1)
    )
