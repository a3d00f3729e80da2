"""What the backbone should do, in plain Python: what was sent, and what each subscriber should have heard."""

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from hypothesis.stateful import RuleBasedStateMachine

from apps.events import registry, stored
from apps.events.delivery.deaths import Witness
from apps.events.models import Lane, Subscription

from . import sample
from .conftest import Effects

EMPTY = """
TRUNCATE event_log, event_stream, event_lane, event_dead_letter, event_attempt, event_subscription CASCADE;
UPDATE event_sequencer SET position = 0;
TRUNCATE test_effect RESTART IDENTITY;
"""


class Death(BaseException):
    """Stands for the end of the process."""


@dataclass
class Sent:
    """One committed event, in the order of commits; its position is its place in the list, from 1."""

    user_id: int
    text: str
    type: str


@dataclass
class Replay:
    """A replay under way: what it says again, and which players were parked meanwhile."""

    until: int
    selected: list[Sent]
    parked: set[int] = field(default_factory=set)


@dataclass
class Heard:
    """What one subscriber should have heard: each text at least and at most so often."""

    name: str
    least: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    paused: bool = False
    replays: int = 0
    replay: Replay | None = None


class World(RuleBasedStateMachine):
    """The model beside the real thing: how both begin, what the handlers do, and how to look at them."""

    effects: Effects
    subscribe: Callable[..., Any]

    def __init__(self) -> None:
        super().__init__()
        with connection.cursor() as cursor:
            cursor.execute(EMPTY)
        registry.subscribers.clear()
        self.sent: list[Sent] = []
        self.stamped = 0
        self.numbers = itertools.count(1)
        # How often each text will fail until it works by itself.
        self.bad: Counter[str] = Counter()
        self.deadly = False
        self.witnesses = [Witness(), Witness()]
        self.heard = {"recorder": Heard("tests.recorder.1"), "sums": Heard("tests.sums.1")}
        for role in self.heard:
            self.declare(role)
        stored.store(strict=False)

    def teardown(self) -> None:
        try:
            self.all_is_well_in_the_end()
        finally:
            for witness in self.witnesses:
                witness.close()

    # What the handlers do.

    def declare(self, role: str, **options: Any) -> None:
        def handle(user_id: int, text: str, **_: Any) -> None:
            self.effects.add(user_id, text, handler=role)
            if self.deadly:
                self.deadly = False
                raise Death
            if self.bad[text] > 0:
                self.bad[text] -= 1
                raise ValueError(text)

        if role == "sums":
            options["reset"] = self.forget_sums
        self.subscribe(sample.pinged, sample.ponged, name=self.heard[role].name, **options)(handle)

    def forget_sums(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM test_effect WHERE handler = 'sums'")

    def all_is_well_in_the_end(self) -> None:
        """Compare, once everything was mended."""
        raise NotImplementedError

    # How to look.

    def texts(self, role: str) -> list[tuple[int, str]]:
        return self.effects.all(role)

    def subscription(self, role: str) -> Subscription:
        return Subscription.objects.get(pk=self.heard[role].name)

    def parked(self, role: str) -> set[int]:
        keys = Lane.objects.filter(subscription_id=self.heard[role].name).values_list("key", flat=True)
        return {int(key.removeprefix("user:")) for key in keys}

    def follow_replay(self, role: str) -> None:
        """Count what a replay may say again, and what it must have said once it is over.

        It passes over a player who is parked, so of him it says less; his lane, which does not know what was
        selected, says what the replay passed over meanwhile.
        """
        heard = self.heard[role]
        replay = heard.replay
        if replay is None:
            return
        for user_id in self.parked(role) - replay.parked:
            replay.parked.add(user_id)
            heard.most.update(
                event.text
                for event in self.sent[: replay.until]
                if event.user_id == user_id and event not in replay.selected
            )
        row = self.subscription(role)
        if row.position >= row.replay_until:
            heard.replay = None
            heard.least.update(event.text for event in replay.selected if event.user_id not in replay.parked)
