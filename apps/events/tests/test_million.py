"""The commands on a long log: they answer from indexes and counters, not by reading the log."""

import io
import json
import sys
import time
from typing import Any

import pytest
from django.core.management import call_command

from apps.events import again, sequencer, stored
from apps.events.again import Selection
from apps.events.models import EventStream, Subscription

from . import sample
from .conftest import Effects
from .test_sequencer import fill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
EVENTS = 1_000_000


def test_a_million_events(effects: Effects, subscribe: Any) -> None:
    @subscribe(sample.pinged, name="tests.recorder")
    def record(**_: Any) -> None: ...

    @subscribe(sample.ponged, name="tests.rare")
    def rare(**_: Any) -> None: ...

    def timed(name: str, *words: str) -> Any:
        out = io.StringIO()
        began = time.perf_counter()
        call_command("events", *words, "--json", stdout=out)
        sys.stdout.write(f"{name}: {time.perf_counter() - began:.2f} s\n")
        return json.loads(out.getvalue())

    fill(EVENTS)
    assert sequencer.stamp() == EVENTS
    stored.store(strict=False)
    Subscription.objects.filter(name="tests.recorder").update(position=EVENTS)
    rows = {row["subscriber"]: row for row in timed("status", "status")}
    assert rows["tests.recorder"]["lag"] == rows["tests.rare"]["lag"] == 0
    assert timed("tail", "tail", "--limit", "1")["position"] == EVENTS
    counted = timed("dry run", "replay", "tests.recorder", "--users", "7", "--dry-run")
    assert counted["total"] == EVENTS // 1000
    assert timed("count all", "replay", "tests.recorder", "--dry-run")["total"] == EVENTS
    timed("verify", "verify")
    assert again.plan("tests.recorder", Selection(since=EVENTS)).total == 1
    assert EventStream.objects.order_by("-position").values_list("position", flat=True)[0] == EVENTS
