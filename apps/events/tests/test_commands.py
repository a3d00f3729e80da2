"""`manage.py events`: pure JSON for programs, tables for people, and decisions that stick."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.events import sequencer, stored
from apps.events import verify as verifying
from apps.events.models import DeadLetter, Subscription
from apps.events.testing import deliver_all

from . import sample
from .conftest import Effects

pytestmark = pytest.mark.django_db(transaction=True)


def events(*words: str) -> str:
    out = io.StringIO()
    call_command("events", *words, stdout=out)
    return out.getvalue()


def as_json(*words: str) -> Any:
    return json.loads(events(*words, "--json"))


@pytest.fixture
def figures() -> Any:
    """Register figures for the length of a test."""
    before = dict(verifying.figures)
    verifying.figures.clear()
    yield verifying.figure
    verifying.figures.clear()
    verifying.figures.update(before)


@pytest.fixture
def broken(effects: Effects, subscribe: Any) -> set[str]:
    """A recorder that fails on the texts in the set, and three events of which one is dead."""
    bad = {"b"}

    @subscribe(sample.pinged, name="tests.recorder")
    def record(user_id: int, text: str, **_: Any) -> None:
        if text in bad:
            raise ValueError(f"cannot handle {text}")
        effects.add(user_id, text)

    for text in "abc":
        sample.pinged.send(sender=None, user_id=1, text=text)
    deliver_all()
    return bad


def test_status(broken: set[str]) -> None:
    sample.pinged.send(sender=None, user_id=2, text="waits")
    sequencer.stamp()
    row = {one["subscriber"]: one for one in as_json("status")}["tests.recorder"]
    assert (row["position"], row["lag"], row["delivered"], row["dead"], row["retrying"]) == (3, 1, 1, 1, 0)
    assert (row["failed"], row["paused"]) == (8, "")
    assert row["success_rate"] == round(1 / 9, 4)
    assert row["oldest_age_s"] > 0
    assert row["avg_ms"] > 0
    assert "tests.recorder" in events("status")


def test_status_of_nothing_says_what_to_do() -> None:
    Subscription.objects.all().delete()
    assert as_json("status") == []
    assert "migrate" in events("status")


def test_tail_masks_what_is_personal() -> None:
    from .test_emit import TYPED

    sample.typed.send(sender=None, **TYPED)
    deliver_all()
    assert "Zoé" not in events("tail")
    line = json.loads(events("tail", "--json", "--limit", "1"))
    assert line["type"] == "typed"
    assert line["payload"]["name"] == "•••"
    assert line["payload"]["colour"] == "red"


def test_dead_letters_are_listed_retried_and_discarded(broken: set[str], effects: Effects) -> None:
    [row] = as_json("dead", "list")
    assert (row["subscriber"], row["event"], row["key"]) == ("tests.recorder", "pinged", "user:1")
    assert "cannot handle b" in events("dead", "list")
    with pytest.raises(CommandError, match="reason"):
        events("dead", "discard", str(row["id"]))
    with pytest.raises(CommandError, match="--all"):
        events("dead", "retry")
    with pytest.raises(CommandError, match="no dead letter"):
        events("dead", "retry", str(row["id"] + 1))
    broken.clear()
    assert as_json("dead", "retry", "--all", "--by", "ops") == {"retried": [row["id"]]}
    deliver_all()
    assert [text for _, text in effects.all()] == ["a", "b", "c"]
    assert DeadLetter.objects.get().resolved_by == "ops"
    assert "No dead letters" in events("dead", "list")


def test_discard_of_one_subscriber(broken: set[str], effects: Effects) -> None:
    assert as_json("dead", "discard", "--all", "--subscriber", "other", "--reason", "x") == {"discarded": []}
    events("dead", "discard", "--all", "--subscriber", "tests.recorder", "--reason", "a test")
    deliver_all()
    assert [text for _, text in effects.all()] == ["a", "c"]


def test_verify_reports_drift_and_exits_with_1(figures: Any) -> None:
    stored.store()
    stored_copy = {1: 5, 2: 7}
    figures("tests.pings", source=lambda: [(1, 5), (2, 7)])
    figures("tests.pings", stored=stored_copy.items)
    report = as_json("verify")
    assert report["figures"] == [{"name": "tests.pings", "rows_checked": 2, "drift": 0}]
    assert {"lag", "parked", "dead"} < report.keys()
    stored_copy[2] = 8
    out = io.StringIO()
    with pytest.raises(SystemExit) as leaving:
        call_command("events", "verify", stdout=out)
    assert leaving.value.code == 1
    assert "tests.pings[2]: the source says 7, the copy 8" in out.getvalue()


def test_a_missing_key_counts_as_zero(figures: Any) -> None:
    figures("tests.pings", source=lambda: [(1, 0), (2, 1)], stored=lambda: [(2, 1), (3, 0)])
    assert as_json("verify")["figures"] == [{"name": "tests.pings", "rows_checked": 3, "drift": 0}]


def test_a_figure_without_a_source_is_an_error(figures: Any) -> None:
    figures("tests.pings", stored=list)
    with pytest.raises(CommandError, match="no source"):
        events("verify")


def test_the_catalogue_tells_what_there_is_to_hear() -> None:
    entries = {entry["name"]: entry for entry in as_json("catalog")}
    ping = entries["pinged"]
    assert [argument["name"] for argument in ping["arguments"]] == ["user_id", "text"]
    assert ping["schema"]["properties"]["user_id"]["type"] == "integer"
    assert "pinged" in events("catalog")


def test_what_nobody_has_stamped_waits_too(broken: set[str]) -> None:
    """With every worker gone nothing is stamped, and that has to show."""
    for user_id in range(5):
        sample.pinged.send(sender=None, user_id=user_id, text="waits")
    row = {one["subscriber"]: one for one in as_json("status")}["tests.recorder"]
    assert row["lag"] == 5
    assert row["oldest_age_s"] > 0
    assert as_json("verify")["lag"] >= 5
