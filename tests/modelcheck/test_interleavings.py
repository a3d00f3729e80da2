"""Every interleaving of three transactions and two workers, one of whom may die: the rules are enough.

And each of them is needed: with any of them off, some interleaving loses, doubles or disorders an event.
"""

from dataclasses import replace
from typing import Any

import pytest

from .world import Emitter, Rules, State, canonical, steps

START = State(emitters=(Emitter(),) * 3)
MUTANTS = {
    "a reader by id": {"windows_by_snapshot": False},
    "a gate at the oldest transaction": {"gate_at_the_oldest": True},
    "the end of the window after its rows": {"upto_before_the_rows": False},
    "the beginning of the window before the lock": {"since_after_the_lock": False},
    "a sequence with a cache": {"ids_in_order_of_drawing": False},
    "the event before the lock of its row": {"lock_before_the_event": False},
    "the head after the page": {"head_before_the_page": False},
    "two drains at once": {"one_drain_at_a_time": False},
    "the position before the effect": {"position_with_the_effect": False},
}


class Wrong(AssertionError):
    """A state that must not be, and how many were seen until then."""


def explore(rules: Rules) -> int:
    """Visit every state that can be reached; return how many. Raises Wrong at the first that is wrong."""
    seen = {START}
    waiting = [START]
    while waiting:
        state = waiting.pop()
        check(state)
        followers = {canonical(follower) for follower in steps(state, rules)}
        if is_over(state) and followers <= seen:
            check_the_end(state, rules)
        for follower in followers - seen:
            seen.add(follower)
            waiting.append(follower)
    return len(seen)


def is_over(state: State) -> bool:
    """Tell whether every emitter has finished and no worker is inside a turn."""
    return all(one.at == 4 for one in state.emitters) and all(one.at == "idle" for one in state.workers)


def check(state: State) -> None:
    """Refuse a doubled event, a key out of order, and effects that are not those of the position."""
    if len(set(state.stream)) < len(state.stream):
        raise Wrong(f"stamped twice: {state}")
    if state.effects != state.stream[: state.position]:
        raise Wrong(f"effects and position differ: {state}")
    rows = {row.id: row for row in state.log}
    for key in {row.key for row in rows.values()}:
        turns = [rows[one].turn for one in state.stream if rows[one].key == key]
        if turns != sorted(turns):
            raise Wrong(f"{key} is out of order: {state}")


def check_the_end(state: State, rules: Rules) -> None:
    """Refuse a lost event: work on until nothing changes, then all that was committed has had its effect."""
    while True:
        follower = calm(state, rules)
        if follower == state:
            break
        state = follower
    check(state)
    if missing := {row.id for row in state.committed()} - set(state.effects):
        raise Wrong(f"lost {missing}: {state}")


def calm(state: State, rules: Rules) -> State:
    """Let the first worker do whatever turn changes the state, undisturbed; return what comes of it."""
    for begun in steps(state, rules):
        follower = begun
        while not is_over(follower):
            follower = next(iter(steps(follower, rules)))
        if (follower.stream, follower.effects) != (state.stream, state.effects):
            return follower
    return state


def test_every_interleaving_is_right() -> None:
    assert explore(replace(Rules(), deaths=0, answers=False)) > 50_000


@pytest.mark.slow
def test_every_interleaving_is_right_with_a_death_and_a_handler_that_emits() -> None:
    assert explore(Rules()) > 1_000_000


@pytest.mark.parametrize("rules", MUTANTS.values(), ids=MUTANTS)
def test_without_a_rule_something_is_wrong(rules: dict[str, Any]) -> None:
    with pytest.raises(Wrong):
        explore(replace(Rules(), deaths=0, answers=False, **rules))
