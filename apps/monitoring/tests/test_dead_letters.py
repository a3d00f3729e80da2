"""Dead letters on screen: found, grouped, counted before anything happens, decided with a reason."""

import pytest
from django.test import Client
from django.utils import timezone

from apps.events.models import DeadLetter, Lane, Subscription
from apps.monitoring.models import Operation
from apps.monitoring.services import operations
from apps.monitoring.testing import operator
from apps.web.tests.pages import at_most, html_of, text_of

pytestmark = pytest.mark.django_db

PAGE = "/ops/dead-letters/"
QUERIES = 12


def subscription(name: str) -> Subscription:
    return Subscription.objects.get_or_create(name=name, defaults={"types": ["level_up"], "position": 1_000})[
        0
    ]


def letter(name: str, error: str, *, key: str = "user:1", position: int = 7) -> DeadLetter:
    """Make a letter whose key waits behind it."""
    one = subscription(name)
    Lane.objects.create(
        subscription=one, key=key, position=position - 1, state="dead", due_at=timezone.now(), error=error
    )
    return DeadLetter.objects.create(
        subscription=one, position=position, key=key, event_type="level_up", attempts=8, error=error
    )


@pytest.fixture
def three() -> list[DeadLetter]:
    """Two letters of one fault, one of another."""
    return [
        letter("tests.a", "ValueError: no player 7\n\nTraceback", key="user:7"),
        letter("tests.a", "ValueError: no player 8\n\nTraceback", key="user:8", position=8),
        letter("tests.b", "KeyError: 'cup'\n\nTraceback", position=9),
    ]


def test_none_say_so(client: Client) -> None:
    operator(client)
    assert "No dead letters" in text_of(client, PAGE)


@pytest.mark.usefixtures("three")
def test_letters_of_one_fault_are_one_group(client: Client) -> None:
    operator(client)
    text = text_of(client, PAGE)
    assert "tests.a ValueError: no player # 2 2" in text
    assert "tests.b KeyError: 'cup' 1 1".replace("'", "&#x27;") in text
    assert "Decide about all 3 letters" in text
    one = text_of(client, f"{PAGE}?fault=ValueError%3A+no+player+%23")
    assert "tests.b" not in one
    assert "user:7" in one
    assert "user:8" in one
    assert "Decide about these 2 letters" in one


@pytest.mark.parametrize(
    "query", ["ids=x", "ids=1e9", "after=x", "after=-1", "key=a%00b", "subscriber=nobody"]
)
def test_a_bad_query_is_answered(client: Client, query: str) -> None:
    operator(client)
    assert client.get(f"{PAGE}?{query}").status_code == 200


def test_a_letter_shows_its_traceback(client: Client, three: list[DeadLetter]) -> None:
    operator(client)
    text = text_of(client, f"{PAGE}{three[0].pk}/")
    assert "ValueError: no player 7 Traceback" in text
    assert "pruned since" in text
    assert client.get(f"{PAGE}{three[-1].pk + 1}/").status_code == 404


def test_nothing_happens_before_the_word(client: Client, three: list[DeadLetter]) -> None:
    operator(client)
    answer = client.post(
        f"{PAGE}decisions/",
        {"subscriber": "tests.a", "verb": "RETRY", "reason": "mended in 1.2"},
        follow=True,
    )
    shown = answer.content.decode()
    assert "What it would do" in shown
    planned = Operation.objects.get()
    assert (planned.state, planned.total, planned.counts) == ("READY", 2, {"tests.a · level_up": 2})
    operations.work_off()
    assert DeadLetter.objects.filter(resolution="").count() == 3
    # One that dies after it was counted is not swept along.
    late = letter("tests.a", "ValueError: no player 9\n", key="user:9", position=10)
    client.post(f"/ops/operations/{planned.pk}/acts/", {"act": "begin"})
    assert 'http-equiv="refresh"' in html_of(client, f"/ops/operations/{planned.pk}/")
    operations.work_off()
    page = html_of(client, f"/ops/operations/{planned.pk}/")
    assert '<progress class="progress" max="100" value="100"' in page
    assert "http-equiv" not in page
    decided = DeadLetter.objects.exclude(resolution="")
    assert {one.pk for one in decided} == {one.pk for one in three[:2]}
    assert {(one.resolution, one.resolved_by, one.reason) for one in decided} == {
        ("retried", "operator", "mended in 1.2")
    }
    assert set(Lane.objects.filter(state="retry").values_list("key", "position")) == {
        ("user:7", 6),
        ("user:8", 7),
    }
    late.refresh_from_db()
    assert late.resolution == ""


def test_one_letter_is_discarded(client: Client, three: list[DeadLetter]) -> None:
    operator(client)
    client.post(f"{PAGE}decisions/", {"ids": three[0].pk, "verb": "DISCARD", "reason": "a test event"})
    operations.begin(Operation.objects.get().pk)
    operations.work_off()
    assert DeadLetter.objects.exclude(resolution="").get().pk == three[0].pk
    assert Lane.objects.get(key="user:7").position == 7


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"verb": "RETRY", "reason": ""}, "This field is required"),
        ({"verb": "RETRY", "reason": "  "}, "This field is required"),
        ({"verb": "BURN", "reason": "x"}, "not one of the available choices"),
        ({"verb": "RETRY", "reason": "x", "subscriber": "nobody"}, "No letter that waits"),
        ({"verb": "RETRY", "reason": "x", "ids": "one"}, "named by their numbers"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_said(client: Client, sent: dict[str, str], words: str) -> None:
    operator(client)
    answer = client.post(f"{PAGE}decisions/", sent, follow=True)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Operation.objects.exists()


def test_stopped_between_two_pieces_it_goes_on_where_it_was(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator(client)
    monkeypatch.setattr(operations, "SLICE", 2)
    monkeypatch.setattr(operations, "PIECE_S_MAX", -1)
    for number in range(5):
        letter("tests.a", "ValueError: x", key=f"user:{number}", position=number + 2)
    client.post(f"{PAGE}decisions/", {"verb": "RETRY", "reason": "mended"})
    planned = Operation.objects.get()
    acts = f"/ops/operations/{planned.pk}/acts/"
    client.post(acts, {"act": "begin"})
    operations.work_off()
    client.post(acts, {"act": "stop"})
    operations.work_off()
    assert "2 of 5, 40%" in text_of(client, f"/ops/operations/{planned.pk}/")
    assert DeadLetter.objects.filter(resolution="").count() == 3
    client.post(acts, {"act": "go-on"})
    for _ in range(3):
        operations.work_off()
    planned.refresh_from_db()
    assert (planned.state, planned.done) == ("DONE", 5)
    # What is over is not begun again.
    again = client.post(acts, {"act": "begin"}, follow=True)
    assert "It has changed meanwhile: Done." in again.content.decode()
    assert client.post(acts, {"act": "explode"}).status_code == 404


def test_few_queries_however_many_letters(client: Client) -> None:
    operator(client)
    for number in range(60):
        letter(f"tests.{number % 7}", f"Error{'x' * number}", key=f"user:{number}", position=number + 2)
    client.post(f"{PAGE}decisions/", {"verb": "RETRY", "reason": "mended"})
    pages = [PAGE, f"{PAGE}?subscriber=tests.1", f"{PAGE}{DeadLetter.objects.latest('pk').pk}/"]
    pages += ["/ops/operations/", f"/ops/operations/{Operation.objects.get().pk}/"]
    pages += ["/ops/subscribers/", "/ops/subscribers/tests.1/"]
    for path in pages:
        with at_most(QUERIES, path):
            html_of(client, path)


def test_pages_begin_behind_a_letter(client: Client) -> None:
    operator(client)
    for number in range(60):
        letter("tests.a", "ValueError: x", key=f"user:{number}", position=number + 2)
    first = html_of(client, f"{PAGE}?subscriber=tests.a")
    fiftieth = DeadLetter.objects.order_by("pk")[49]
    assert f"?subscriber=tests.a&amp;after={fiftieth.pk}" in first
    second = html_of(client, f"{PAGE}?subscriber=tests.a&after={fiftieth.pk}")
    assert "user:50" in second
    assert "<code>user:49</code>" not in second
    assert 'rel="next"' not in second
