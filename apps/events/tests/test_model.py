"""The backbone against a model of it in plain Python: whatever happens in whatever order, effects are right.

Two subscribers hear pings of four players: `recorder` may be replayed, `sums` is rebuilt. Hypothesis sends,
stamps, takes turns of two processes, breaks and mends texts, kills handlers, pauses, replays, rebuilds,
renames, retries and discards. After each step nothing is doubled or out of order; at the end, with everything
mended, everything was heard as often as the model says.
"""

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.events import again, deadletters, registry, sequencer, stored
from apps.events.again import CannotReplay, Selection
from apps.events.delivery import pauses
from apps.events.delivery.drain import Outcome, drain
from apps.events.models import DeadLetter, EventStream, Lane
from apps.events.testing import deliver_all

from . import sample
from .conftest import Effects
from .model import Death, Replay, Sent, World

pytestmark = pytest.mark.django_db(transaction=True)

USERS = st.integers(1, 4)
SIGNALS = st.sampled_from([sample.pinged, sample.ponged])
ROLES = st.sampled_from(["recorder", "sums"])
# Of which process, if it leaves word of what it runs; two processes find each other's deaths.
TURNS = st.fixed_dictionaries(
    {
        "limit": st.integers(1, 5),
        "lanes_first": st.booleans(),
        "impatient": st.booleans(),
        "who": st.sampled_from([None, 0, 1]),
    }
)


class Backbone(World):
    """The rules; the fixtures are set on a subclass."""

    # What the world does.

    @initialize(users=st.lists(USERS, min_size=4, max_size=12))
    def begin(self, users: list[int]) -> None:
        self.send(users, sample.pinged, undone=False)
        self.stamp()
        for role in self.heard:
            self.turn(role, limit=500, lanes_first=True, impatient=True, who=None)

    @rule(users=st.lists(USERS, min_size=1, max_size=3), signal=SIGNALS, undone=st.booleans())
    def send(self, users: list[int], signal: Any, undone: bool) -> None:
        texts = [f"e{next(self.numbers)}" for _ in users]
        with transaction.atomic():
            for user_id, text in zip(users, texts, strict=True):
                signal.send(sender=None, user_id=user_id, text=text)
            transaction.set_rollback(undone)
        if not undone:
            self.sent += [Sent(*pair, signal.name) for pair in zip(users, texts, strict=True)]
            for heard in self.heard.values():
                heard.least.update(texts)
                heard.most.update(texts)

    @rule()
    def stamp(self) -> None:
        assert sequencer.stamp() == len(self.sent) - self.stamped
        self.stamped = len(self.sent)

    @rule(role=ROLES, turns=st.lists(TURNS, min_size=1, max_size=4))
    def work(self, role: str, turns: list[dict[str, Any]]) -> None:
        for options in turns:
            self.turn(role, **options)

    def turn(self, role: str, limit: int, lanes_first: bool, impatient: bool, who: int | None) -> None:
        heard = self.heard[role]
        before = self.texts(role)
        try:
            outcome = drain(
                registry.subscribers[heard.name],
                limit=limit,
                lanes_first=lanes_first,
                impatient=impatient,
                witness=None if who is None else self.witnesses[who],
            )
        except Death:
            assert self.texts(role) == before
        else:
            assert (outcome is Outcome.PAUSED) == heard.paused, outcome
            assert outcome in (Outcome.PAUSED, Outcome.WORKED, Outcome.IDLE)
            if outcome is not Outcome.WORKED:
                assert self.texts(role) == before
        finally:
            self.deadly = False
        self.follow_replay(role)

    @rule(role=ROLES, options=TURNS)
    def die(self, role: str, options: dict[str, Any]) -> None:
        self.deadly = True
        self.turn(role, **options)

    @rule(data=st.data(), times=st.sampled_from([1, 2, 2, 2, 3, 20]))
    def break_a_text(self, data: st.DataObject, times: int) -> None:
        """Two failures are one attempt: the batch is run once without and once with savepoints."""
        self.bad[data.draw(st.sampled_from([event.text for event in self.sent]))] = times

    @precondition(lambda self: self.bad)
    @rule(data=st.data())
    def mend_a_text(self, data: st.DataObject) -> None:
        del self.bad[data.draw(st.sampled_from(sorted(self.bad)))]

    # What operators do.

    @rule(role=ROLES)
    def pause_or_resume(self, role: str) -> None:
        heard = self.heard[role]
        if heard.paused:
            self.resume(role)
        else:
            pauses.pause(heard.name, by="ops", reason="a drill")
            heard.paused = True

    def resume(self, role: str) -> None:
        pauses.resume(self.heard[role].name)
        self.heard[role].paused = False

    @precondition(lambda self: DeadLetter.objects.filter(resolution="").exists())
    @rule(data=st.data(), discard=st.booleans())
    def decide(self, data: st.DataObject, discard: bool) -> None:
        letter = data.draw(st.sampled_from(list(deadletters.waiting())))
        if not discard:
            deadletters.retry(letter.pk, by="ops")
            return
        deadletters.discard(letter.pk, by="ops", reason="a drill")
        [role] = [role for role, heard in self.heard.items() if heard.name == letter.subscription_id]
        text = self.sent[letter.position - 1].text
        if text not in [heard for _, heard in self.texts(role)]:
            self.heard[role].least[text] = 0
            self.heard[role].most[text] -= 1

    @rule(
        data=st.data(),
        types=st.sampled_from([(), ("pinged",), ("ponged",)]),
        users=st.lists(USERS, max_size=2, unique=True),
    )
    def replay(self, data: st.DataObject, types: tuple[str, ...], users: list[int]) -> None:
        heard = self.heard["recorder"]
        position = self.subscription("recorder").position
        since = data.draw(st.integers(1, max(position, 1)))
        to = data.draw(st.none() | st.integers(since, position + 2))
        selection = Selection(since=since, to=to, types=types, users=users)
        if heard.replay is not None:
            with pytest.raises(CannotReplay, match="being replayed"):
                again.replay(heard.name, selection)
            return
        selected = [
            event
            for place, event in enumerate(self.sent[:position], start=1)
            if since <= place <= (to or position)
            and event.type in (types or event.type)
            and event.user_id in (users or [event.user_id])
        ]
        assert again.replay(heard.name, selection).counts == Counter(event.type for event in selected)
        heard.replays += 1
        heard.replay = Replay(position, selected)
        heard.most.update(event.text for event in selected)
        self.follow_replay("recorder")

    @rule()
    def rebuild(self) -> None:
        heard = self.heard["sums"]
        if heard.replay is not None:
            with pytest.raises(CannotReplay, match="being replayed"):
                again.rebuild(heard.name)
            return
        again.rebuild(heard.name)
        texts = [event.text for event in self.sent]
        heard.least, heard.most = Counter(texts), Counter(texts)
        heard.replay = Replay(until=0, selected=[])
        self.follow_replay("sums")

    @rule(role=ROLES, data=st.data(), turns=st.lists(TURNS, min_size=2, max_size=8))
    def trouble_while_hearing_again(
        self, role: str, data: st.DataObject, turns: list[dict[str, Any]]
    ) -> None:
        """What chance alone would bring about too seldom."""
        if role == "sums":
            self.rebuild()
        else:
            self.replay(data, types=(), users=[])
        self.break_a_text(data, times=2)
        self.work(role, turns)

    @rule(role=ROLES)
    def rename(self, role: str) -> None:
        heard = self.heard[role]
        was = heard.name
        registry.remove_subscriber(was)
        base, number = was.rsplit(".", 1)
        heard.name = f"{base}.{int(number) + 1}"
        self.declare(role, was=was)
        stored.store()

    # What has to be true.

    @invariant()
    def nothing_is_doubled_or_out_of_order(self) -> None:
        places = {event.text: place for place, event in enumerate(self.sent, start=1)}
        for role, heard in self.heard.items():
            told = self.texts(role)
            counts = Counter(text for _, text in told)
            assert not {text: count for text, count in counts.items() if count > heard.most[text]}, role
            for user_id in range(1, 5):
                mine = [places[text] for who, text in told if who == user_id]
                steps_back = sum(later <= earlier for earlier, later in itertools.pairwise(mine))
                assert steps_back <= heard.replays, (role, user_id, mine)
                if not heard.replays:
                    owed = [
                        places[event.text]
                        for event in self.sent
                        if event.user_id == user_id and heard.least[event.text]
                    ]
                    assert mine == owed[: len(mine)], (role, user_id)

    @invariant()
    def positions_are_dense(self) -> None:
        found = EventStream.objects.order_by("position").values_list("position", "log__payload__text")
        assert list(found) == [(n, event.text) for n, event in enumerate(self.sent[: self.stamped], start=1)]

    def all_is_well_in_the_end(self) -> None:
        self.bad.clear()
        for role, heard in self.heard.items():
            self.resume(role)
            while heard.replay is not None:
                self.turn(role, limit=500, lanes_first=False, impatient=True, who=None)
        while deliver_all() or deadletters.waiting().exists():
            for letter in list(deadletters.waiting()):
                deadletters.retry(letter.pk, by="ops")
        self.stamped = len(self.sent)
        self.nothing_is_doubled_or_out_of_order()
        self.positions_are_dense()
        assert not Lane.objects.exists()
        for role, heard in self.heard.items():
            counts = Counter(text for _, text in self.texts(role))
            assert not {text: heard.least[text] for text in heard.least if counts[text] < heard.least[text]}
            row = self.subscription(role)
            assert (row.parked, row.position >= row.replay_until) == (0, True)


def test_whatever_happens(effects: Effects, subscribe: Callable[..., Any]) -> None:
    class Machine(Backbone):
        pass

    Machine.effects, Machine.subscribe = effects, staticmethod(subscribe)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
