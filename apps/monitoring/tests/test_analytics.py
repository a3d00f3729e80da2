"""Sums of what happened: each event once, whoever dies; players counted and never named."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DataError
from django.test import Client
from django.utils import timezone

from apps.events import context, search, sequencer
from apps.events.tests import sample
from apps.monitoring.models import Activity, Counted, EventCount
from apps.monitoring.services import counting
from apps.monitoring.testing import operator
from apps.web.tests.pages import at_most, html_of, text_of

pytestmark = pytest.mark.django_db
commits = pytest.mark.django_db(transaction=True)

PAGE = "/ops/analytics/"


def say(user_id: int, days_ago: int = 0, *, actor: int | None = None) -> None:
    """Let something happen to a player, some days ago."""
    when = timezone.now() - timedelta(days=days_ago)
    with context.acting(actor=actor):
        sample.pinged.send(None, user_id=user_id, occurred_at=when)


def count() -> None:
    sequencer.stamp()
    counting.count()


def sums(unit: str) -> dict[str, tuple[int, int]]:
    rows = EventCount.objects.filter(unit=unit).values_list("event_type", "events", "actions")
    return {event_type: (events, actions) for event_type, events, actions in rows}


@commits
def test_each_event_counts_once(monkeypatch: pytest.MonkeyPatch, subscribe: Any) -> None:
    monkeypatch.setattr(counting, "PAGE", 2)
    for _ in range(5):
        say(1)
    count()
    count()
    assert sums("day") == sums("hour") == {"pinged": (5, 5)}
    say(1)
    count()
    assert sums("day") == {"pinged": (6, 6)}
    assert Counted.objects.get().position == sequencer.head()


@commits
def test_what_is_rolled_back_is_counted_again(monkeypatch: pytest.MonkeyPatch, subscribe: Any) -> None:
    say(1)
    sequencer.stamp()
    with monkeypatch.context() as patch:
        patch.setattr(counting, "SUM_UP", "SELECT 1/0, %s")
        with pytest.raises(DataError, match="division by zero"):
            counting.count()
    assert not EventCount.objects.exists()
    counting.count()
    assert sums("day") == {"pinged": (1, 1)}


@commits
def test_what_follows_is_no_action(subscribe: Any) -> None:
    say(1)
    say(2)
    cause = search.page(search.Query(), limit=1)[0]
    with context.using(context.Context(causation_id=cause.uid, depth=1)):
        sample.ponged.send(None, user_id=3)
    count()
    assert sums("day") == {"pinged": (2, 2), "ponged": (1, 0)}
    # Who is only told of has done nothing.
    assert Activity.objects.latest("day").daily == 2


@commits
def test_active_players_of_a_day_a_week_and_a_month(subscribe: Any) -> None:
    say(1)
    say(1)
    say(2, 3)
    say(3, 20)
    say(4, 40)
    say(5, actor=9)
    count()
    today = datetime.now(UTC).date()
    latest = Activity.objects.get(day=today)
    assert (latest.daily, latest.weekly, latest.monthly) == (2, 3, 4)
    # History that comes later reaches the days after it.
    say(6, 10)
    count()
    assert Activity.objects.get(day=today).monthly == 5
    assert Activity.objects.get(day=today - timedelta(days=5)).weekly == 1
    assert Activity.objects.get(day=today - timedelta(days=12)).weekly == 0


@commits
def test_on_screen_and_as_a_table(client: Client, subscribe: Any) -> None:
    for user_id in (1, 2, 2):
        say(user_id)
    say(3, 3)
    count()
    operator(client)
    page = text_of(client, PAGE)
    assert "pinged 4 4 100%" in page
    assert "Today 2 Within 7 days 3 Within 30 days 3" in page
    assert "user:" not in page
    assert "pinged 3 3 100%" in text_of(client, f"{PAGE}?range=day&type=pinged")
    lines = html_of(client, f"{PAGE}events.csv?range=month").splitlines()
    assert lines[0] == "at,event_type,events,actions"
    assert [line.split(",")[1:] for line in lines[1:]] == [["pinged", "1", "1"], ["pinged", "3", "3"]]
    assert html_of(client, f"{PAGE}players.csv?range=week").splitlines()[-1].endswith(",2,3,3")


@pytest.mark.parametrize("query", ["range=century", "type=nothing", "type=a%00b", "range=year&type=pinged"])
def test_any_query_is_answered_in_few_queries(client: Client, query: str) -> None:
    operator(client)
    with at_most(12, query):
        html_of(client, f"{PAGE}?{query}")
