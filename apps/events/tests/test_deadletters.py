"""Dead letters: after the last attempt a key waits, until somebody retries or discards."""

from typing import Any

import pytest
from django.db import IntegrityError

from apps.events import deadletters
from apps.events.delivery import failures
from apps.events.models import Act, DeadLetter, Lane
from apps.events.testing import deliver_all

from . import sample
from .conftest import Effects
from .turns import ping, subscription

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_last_attempt_makes_a_dead_letter_and_the_key_waits(
    broken: dict[str, Any], effects: Effects
) -> None:
    broken["on"] = {"b"}
    ping("a", "b", "c")
    ping("x", user_id=2)
    deliver_all()
    assert effects.all() == [(1, "a"), (2, "x")]
    letter = DeadLetter.objects.get()
    assert (letter.key, letter.event_type, letter.attempts) == ("user:1", "pinged", failures.ATTEMPTS_MAX)
    assert letter.error.startswith("ValueError: cannot handle b")
    assert subscription().failed == failures.ATTEMPTS_MAX
    ping("d")
    deliver_all()
    assert effects.all() == [(1, "a"), (2, "x")]


def test_a_dead_letter_retried_goes_on_in_order(broken: dict[str, Any], effects: Effects) -> None:
    broken["on"] = {"b"}
    ping("a", "b", "c")
    deliver_all()
    broken["on"] = set()
    deadletters.retry(DeadLetter.objects.get().pk, by="ops", reason="mended")
    deliver_all()
    assert [text for _, text in effects.all()] == ["a", "b", "c"]
    letter = DeadLetter.objects.get()
    assert (letter.resolution, letter.resolved_by, letter.reason) == ("retried", "ops", "mended")
    assert not deadletters.waiting().exists()
    assert not Lane.objects.exists()


def test_a_dead_letter_retried_in_vain_dies_again(broken: dict[str, Any]) -> None:
    broken["on"] = {"a"}
    ping("a")
    deliver_all()
    deadletters.retry(DeadLetter.objects.get().pk, by="ops")
    deliver_all()
    assert list(DeadLetter.objects.order_by("id").values_list("resolution", flat=True)) == ["retried", ""]


def test_a_dead_letter_discarded_lets_the_rest_go(broken: dict[str, Any], effects: Effects) -> None:
    broken["on"] = {"b"}
    ping("a", "b", "c")
    deliver_all()
    letter = DeadLetter.objects.get()
    with pytest.raises(ValueError, match="reason"):
        deadletters.discard(letter.pk, by="ops", reason=" ")
    deadletters.discard(letter.pk, by="ops", reason="a test event")
    with pytest.raises(deadletters.NotDead):
        deadletters.discard(letter.pk, by="ops", reason="again")
    with pytest.raises(deadletters.NotDead):
        deadletters.retry(letter.pk + 1, by="ops")
    deliver_all()
    assert [text for _, text in effects.all()] == ["a", "c"]


def test_on_dead_skip_lets_the_key_go_on(effects: Effects, subscribe: Any) -> None:
    bad = {"b"}

    @subscribe(sample.pinged, name="tests.recorder", on_dead="skip")
    def record(user_id: int, text: str, **_: Any) -> None:
        if text in bad:
            raise ValueError(text)
        effects.add(user_id, text)

    ping("a", "b", "c")
    deliver_all()
    assert [text for _, text in effects.all()] == ["a", "c"]
    letter = DeadLetter.objects.get()
    with pytest.raises(deadletters.StillFails, match="ValueError: b"):
        deadletters.retry(letter.pk, by="ops")
    assert deadletters.waiting().count() == 1
    bad.clear()
    deadletters.retry(letter.pk, by="ops")
    assert [text for _, text in effects.all()] == ["a", "c", "b"]
    assert not deadletters.waiting().exists()


def test_many_at_once_keep_the_order_of_each_key(broken: dict[str, Any], effects: Effects) -> None:
    broken["on"] = {"b"}
    for user_id in (1, 2, 3):
        ping("a", "b", "c", user_id=user_id)
    deliver_all()
    first, *others = DeadLetter.objects.order_by("position").values_list("pk", flat=True)
    unknown = max(first, *others) + 1
    assert (
        DeadLetter.objects.values_list("fault", flat=True).distinct().get() == "ValueError: cannot handle b"
    )
    deadletters.discard_many([first], by="ops", reason="not this one")
    broken["on"] = set()
    decided = deadletters.retry_many([first, *others, unknown], by="ops", reason="mended")
    assert (decided.done, decided.failed) == (others, {})
    deliver_all()
    assert [text for user_id, text in effects.all() if user_id == 1] == ["a", "c"]
    for user_id in (2, 3):
        assert [text for heard, text in effects.all() if heard == user_id] == ["a", "b", "c"]
    acts = list(Act.objects.order_by("id").values_list("verb", "target", "by", "reason", "facts"))
    assert acts == [
        ("discarded", "tests.recorder", "ops", "not this one", {"letters": [first]}),
        ("retried", "tests.recorder", "ops", "mended", {"letters": others}),
    ]


def test_numbers_make_no_other_fault(broken: dict[str, Any]) -> None:
    broken["on"] = {"player 7 of team 12", "player 8 of team 3"}
    for user_id, text in enumerate(broken["on"]):
        ping(text, user_id=user_id)
    deliver_all()
    faults = set(DeadLetter.objects.values_list("fault", flat=True))
    assert faults == {"ValueError: cannot handle player # of team #"}


def test_decisions_and_acts_are_never_rewritten(broken: dict[str, Any]) -> None:
    broken["on"] = {"a"}
    ping("a")
    deliver_all()
    deadletters.discard(DeadLetter.objects.get().pk, by="ops", reason="a test event")
    for change in (
        lambda: DeadLetter.objects.update(reason="never mind"),
        lambda: DeadLetter.objects.update(resolution="", resolved_by=""),
        lambda: Act.objects.update(by="somebody else"),
        lambda: Act.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"):
            change()
