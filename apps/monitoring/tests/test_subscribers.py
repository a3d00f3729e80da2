"""Subscribers on screen: paused, resumed, heard again and rebuilt, each counted first and written down."""

from typing import Any

import pytest
from django.test import Client

from apps.events import again, registry, stored
from apps.events.delivery.drain import drain
from apps.events.models import Act, DeadLetter, Subscription
from apps.events.testing import deliver_all
from apps.events.tests import sample
from apps.events.tests.conftest import Effects
from apps.events.tests.turns import ping
from apps.monitoring.models import Operation
from apps.monitoring.services import operations
from apps.monitoring.testing import operator
from apps.web.tests.pages import text_of

pytestmark = pytest.mark.django_db
commits = pytest.mark.django_db(transaction=True)

NAME = "tests.recorder"
PAGE = f"/ops/subscribers/{NAME}/"


def finish() -> None:
    """Let the workers do all there is to do."""
    for _ in range(3):
        operations.work_off()
        deliver_all()


def plan(client: Client, address: str, **sent: Any) -> Operation:
    """Send a form; return what it planned, counted."""
    answer = client.post(f"{PAGE}{address}/", sent)
    assert answer.status_code == 302, answer.content.decode()
    operations.work_off()
    return Operation.objects.latest("pk")


def begin(client: Client, planned: Operation) -> None:
    client.post(f"/ops/operations/{planned.pk}/acts/", {"act": "begin"})


@commits
def test_mended_without_a_loss(client: Client, broken: dict[str, Any], effects: Effects) -> None:
    operator(client)
    broken["on"] = {"b"}
    for user_id in (1, 2):
        ping("a", "b", "c", user_id=user_id)
    deliver_all()
    assert "Blocked keys 2" in text_of(client, PAGE)
    broken["on"] = set()
    client.post("/ops/dead-letters/decisions/", {"subscriber": NAME, "verb": "RETRY", "reason": "mended"})
    begin(client, Operation.objects.get())
    finish()
    for user_id in (1, 2):
        assert [text for heard, text in effects.all() if heard == user_id] == ["a", "b", "c"]
    assert not DeadLetter.objects.filter(resolution="").exists()
    assert "Blocked keys 0" in text_of(client, PAGE)


@commits
def test_one_that_still_fails_keeps_nobody_else_from_it(
    client: Client, effects: Effects, subscribe: Any
) -> None:
    operator(client)
    bad = {"a", "b"}

    @subscribe(sample.pinged, name=NAME, on_dead="skip")
    def record(user_id: int, text: str, **_: Any) -> None:
        if text in bad:
            raise ValueError(text)
        effects.add(user_id, text)

    ping("a", "b", "c")
    deliver_all()
    bad.remove("b")
    client.post("/ops/dead-letters/decisions/", {"verb": "RETRY", "reason": "half of it is mended"})
    planned = Operation.objects.get()
    begin(client, planned)
    finish()
    page = text_of(client, f"/ops/operations/{planned.pk}/")
    assert "1 of 2, 100%, 1 failed again and stay" in page
    assert "ValueError: a" in page
    assert [text for _, text in effects.all()] == ["c", "b"]


def test_paused_and_resumed(client: Client, broken: dict[str, Any]) -> None:
    operator(client)
    stored.store(strict=False)
    assert client.post(f"{PAGE}state/", {"act": "pause"}).status_code == 302
    assert Subscription.objects.get(pk=NAME).paused == ""
    client.post(f"{PAGE}state/", {"act": "pause", "reason": "a migration"})
    assert "paused by operator: a migration" in text_of(client, PAGE)
    client.post(f"{PAGE}state/", {"act": "resume", "reason": "it is over"})
    assert Subscription.objects.get(pk=NAME).paused == ""
    acts = list(Act.objects.order_by("id").values_list("verb", "target", "by", "reason"))
    assert acts == [("pause", NAME, "operator", "a migration"), ("resume", NAME, "operator", "it is over")]


@commits
def test_a_replay_is_counted_first(client: Client, broken: dict[str, Any], effects: Effects) -> None:
    ping("a", "b", "c")
    deliver_all()
    operator(client)
    planned = plan(client, "replay", **{"replay-since": 2, "replay-reason": "two were wrong"})
    assert (planned.state, planned.counts, planned.total) == ("READY", {"pinged": 2}, 2)
    assert len(effects.all()) == 3
    begin(client, planned)
    finish()
    assert [text for _, text in effects.all()] == ["a", "b", "c", "b", "c"]
    planned.refresh_from_db()
    assert (planned.state, planned.share) == ("DONE", 100)


@commits
def test_a_replay_that_is_stopped_goes_on_from_there(
    client: Client, broken: dict[str, Any], effects: Effects
) -> None:
    ping("a", "b", "c", "d")
    deliver_all()
    operator(client)
    planned = plan(client, "replay", **{"replay-reason": "all were wrong"})
    begin(client, planned)
    operations.work_off()
    drain(registry.subscribers[NAME], limit=2)
    operations.work_off()
    page = f"/ops/operations/{planned.pk}/"
    assert "2 of 4, 50%" in text_of(client, page)
    client.post(f"{page}acts/", {"act": "stop"})
    finish()
    assert [text for _, text in effects.all()] == ["a", "b", "c", "d", "a", "b"]
    client.post(f"{page}acts/", {"act": "go-on"})
    finish()
    assert [text for _, text in effects.all()] == ["a", "b", "c", "d", "a", "b", "c", "d"]
    planned.refresh_from_db()
    assert planned.state == "DONE"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"replay-reason": ""}, "This field is required"),
        ({"replay-reason": "x", "replay-since": "0"}, "greater than or equal to 1"),
        ({"replay-reason": "x", "replay-since": "9" * 30}, "less than or equal to"),
        ({"replay-reason": "x", "replay-types": "level_up"}, "not one of the available choices"),
        ({"replay-reason": "x", "replay-users": "Ada"}, "named by their numbers"),
        ({"replay-reason": "x", "replay-since_time": "yesterday"}, "Enter a valid date/time"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("broken")
def test_what_cannot_be_replayed_is_said(client: Client, sent: dict[str, str], words: str) -> None:
    operator(client)
    stored.store(strict=False)
    answer = client.post(f"{PAGE}replay/", sent)
    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    assert not Operation.objects.exists()


@pytest.mark.usefixtures("broken")
def test_what_the_worker_finds_impossible_is_said(client: Client) -> None:
    operator(client)
    stored.store(strict=False)
    planned = plan(client, "replay", **{"replay-since": 100, "replay-reason": "from the future"})
    assert planned.state == "FAILED"
    assert "has not come further" in text_of(client, f"/ops/operations/{planned.pk}/")
    assert client.post("/ops/subscribers/tests.nobody/replay/", {}).status_code == 404


@commits
def test_sums_are_rebuilt(client: Client, effects: Effects, subscribe: Any) -> None:
    operator(client)
    sums: dict[int, int] = {}

    @subscribe(sample.pinged, name=NAME, reset=sums.clear)
    def add(user_id: int, **_: Any) -> None:
        sums[user_id] = sums.get(user_id, 0) + 1

    ping("a", "b")
    deliver_all()
    sums[1] = 99
    assert "Count what a rebuild would deliver" in text_of(client, PAGE)
    planned = plan(client, "rebuild", reason="the sums drifted")
    assert (planned.counts, sums) == ({"pinged": 2}, {1: 99})
    begin(client, planned)
    operations.work_off()
    stopped = client.post(f"/ops/operations/{planned.pk}/acts/", {"act": "stop"}, follow=True)
    assert "pause it instead" in stopped.content.decode()
    finish()
    assert sums == {1: 2}
    assert again.place(NAME).paused == ""
