"""Privacy obeys at once: settings are flipped while every exit is asked, and no answer shows what is hidden.

One thread flips between two states, in which every part that exits show is hidden in one of them. The others
ask exits. An answer counts when no flip was committed between its beginning and its end: then it must be
exactly that of the state. An answer during a flip may be of either state, and is not judged.
"""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.events.testing import deliver_all
from apps.user_profile.models import PrivacySettings
from apps.user_profile.models.privacy import PRESETS, Preset
from apps.user_profile.selectors.privacy import Part, Standing
from apps.user_profile.services.privacy import update

from .exits import EXITS, Exit
from .scene import Scene
from .table import shown

ASKERS = 4
FLIPS, ANSWERS = 20, 100
API_SHARE = 4  # programs ask so much more often than people
SLOW_FLIPS, SLOW_ANSWERS = 1_000, 20_000
STATES = (
    PRESETS[Preset.PUBLIC],
    PRESETS[Preset.PRIVATE] | {"allow_team_invites": "nobody"},
)
VIEWERS = (Standing.FOLLOWER, Standing.TEAMMATE, Standing.SIGNED_IN, Standing.ANONYMOUS)


class Flips:
    """Which state holds, and how many flips have begun and ended."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        self.begun = self.ended = 0
        self.is_over = threading.Event()
        self.judged = threading.Semaphore(0)

    def state(self) -> int:
        """Return which state holds between two flips."""
        return self.ended % len(STATES)

    def run(self, count: int, answers: int) -> None:
        """Flip, with some answers in between that no flip fell into."""
        try:
            for _ in range(count):
                self.begun += 1
                update(user_id=self.user_id, **STATES[self.begun % len(STATES)])
                self.ended += 1
                for _ in range(answers // count):
                    self.judged.acquire(timeout=60)
        finally:
            self.is_over.set()
            connection.close()


class Asker:
    """Asks exits until the flips are over."""

    def __init__(self, flips: Flips, cells: Iterator[tuple[Exit, Standing, Client]]) -> None:
        self.flips = flips
        self.cells = cells
        self.judged = 0
        self.faults: list[str] = []

    def run(self) -> None:
        """Ask, and judge each answer that no flip came between."""
        try:
            while not self.flips.is_over.is_set():
                exit_, standing, client = next(self.cells)
                begun, ended = self.flips.begun, self.flips.ended
                answer = client.get(exit_.path)
                if answer.status_code == 429:
                    continue  # a program that asks too often: it is told nothing of anybody
                if begun == ended == self.flips.begun:
                    self.judge(exit_, standing, ended % len(STATES), answer)
                    self.flips.judged.release()
        finally:
            connection.close()

    def judge(self, exit_: Exit, standing: Standing, state: int, answer: Any) -> None:
        """Note what the answer shows and should not, or the other way round."""
        parts: set[Part] = exit_.parts(standing, partial(shown, settings=STATES[state]))
        there = exit_.needs is None or exit_.needs in parts
        text = answer.content.decode() if answer.status_code == 200 else ""
        wrong = [
            part
            for part, pattern in exit_.tells.items()
            if bool(re.search(pattern, text, re.DOTALL)) != (there and part in parts)
        ]
        if wrong or answer.status_code != (200 if there else 404):
            self.faults.append(f"{exit_.path} for {standing}: {answer.status_code}, {wrong}")
        self.judged += 1


def flip_and_ask(flips_count: int, answers: int) -> None:
    """Flip so often under so many answers, and want every judged one to be right."""
    scene = Scene()
    deliver_all()
    flips = Flips(scene.tracy.pk)
    askers = [Asker(flips, cells(scene, place)) for place in range(ASKERS)]
    with ThreadPoolExecutor(ASKERS + 1) as pool:
        running = [pool.submit(asker.run) for asker in askers]
        running.append(pool.submit(flips.run, flips_count, answers))
        for each in running:
            each.result()
    faults = [fault for asker in askers for fault in asker.faults]
    assert not faults, "\n".join(faults[:20])
    assert flips.ended == flips_count
    assert sum(asker.judged for asker in askers) >= answers
    assert PrivacySettings.of(scene.tracy.pk).is_private_account == bool(flips.state())


def cells(scene: Scene, place: int) -> Iterator[tuple[Exit, Standing, Client]]:
    """Yield every exit for every viewer, for ever, each asker from another place on."""
    opened = {
        (standing, is_api): (scene.api if is_api else scene.pages)(standing)
        for standing in VIEWERS
        for is_api in (True, False)
    }
    found = [
        (exit_, standing, opened[standing, exit_.is_api])
        for standing in VIEWERS
        for exit_ in EXITS
        for _ in range(API_SHARE if exit_.is_api else 1)
        if exit_.tells and standing in exit_.only
    ]
    start = place * len(found) // ASKERS
    return cycle(found[start:] + found[:start])


@pytest.mark.django_db(transaction=True)
def test_the_next_answer_obeys() -> None:
    flip_and_ask(FLIPS, ANSWERS)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_thousand_flips_under_twenty_thousand_answers() -> None:
    flip_and_ask(SLOW_FLIPS, SLOW_ANSWERS)
