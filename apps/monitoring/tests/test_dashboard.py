"""The dashboard: one sentence, every subscriber and endpoint, and a plot; never by counting the log."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.events import registry, stored, tallies
from apps.events.delivery import pauses
from apps.events.models import StoredTally
from apps.live import channels
from apps.monitoring.models import Incident, Severity
from apps.monitoring.selectors import deliveries
from apps.monitoring.selectors.spans import SPANS
from apps.monitoring.testing import operator
from apps.user_profile.services import accounts
from apps.web.tests.pages import at_most, text_of
from apps.webhooks.testing import create_endpoint

pytestmark = pytest.mark.django_db

NAME = "webhooks.enqueue_deliveries"
QUERIES_MAX = 12


def tally(subscriber: str = NAME, event_type: str = "level_up", ago_minutes: int = 1, **counts: Any) -> None:
    """Store what a subscriber did in a minute."""
    buckets = [0] * tallies.BUCKETS
    buckets[5], buckets[6] = 90, 10
    values = {"delivered": 100, "failed": 0, "retried": 0, "dead": 0, "busy_ms": 100.0, "buckets": buckets}
    moment = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=ago_minutes)
    StoredTally.objects.create(
        began_at=moment, width_s=tallies.MINUTE_S, subscriber=subscriber, event_type=event_type,
        **{**values, **counts},
    )  # fmt: skip


@pytest.fixture(autouse=True)
def subscribers() -> None:
    stored.store(strict=False)


def test_it_says_in_a_sentence_that_nothing_is_wrong(client: Client) -> None:
    operator(client)
    page = text_of(client, "/ops/")
    assert "Nothing is wrong." in page
    assert all(name in page for name in registry.subscribers)


@pytest.mark.parametrize(
    ("severity", "said"),
    [(Severity.WARNING, "Something is wrong: look"), (Severity.CRITICAL, "Something is badly wrong")],
)
def test_it_says_what_is_wrong_and_leads_to_what_to_do(client: Client, severity: str, said: str) -> None:
    operator(client)
    now = timezone.now()
    Incident.objects.create(
        rule="queue_depth", subject=NAME, severity=severity, summary="Too many wait.", began_at=now,
        opened_at=now,
    )  # fmt: skip
    page = text_of(client, "/ops/")
    assert said in page
    assert "Too many wait." in page
    assert 'href="/ops/runbooks/#queue_depth"' in client.get("/ops/").content.decode()


def test_figures_of_each_subscriber_and_type(client: Client) -> None:
    operator(client)
    tally(event_type="level_up", delivered=90, failed=10, retried=4, dead=1)
    tally(event_type="match_won", delivered=100)
    pauses.pause(NAME, by="ada", reason="a drill")
    page = text_of(client, "/ops/")
    assert "95.0%" in page  # of both types together
    assert "90.0%" in page
    assert "paused by ada: a drill" in page
    first = page.index(NAME)
    assert all(first < page.index(name) for name in registry.subscribers if name != NAME), "the worst first"


def test_spans_reach_back_as_far_as_they_say(client: Client) -> None:
    operator(client)
    tally(ago_minutes=2, delivered=7)
    tally(ago_minutes=300, delivered=11)
    now = timezone.now()
    sums = {
        name: sum(one.delivered for one in tallies.totals(span.since(now)).values())
        for name, span in SPANS.items()
    }
    assert sums == {"hour": 7, "day": 18, "week": 18}
    plots = {name: deliveries.plot(span, now) for name, span in SPANS.items()}
    assert {name: sum(bar.tally.delivered for bar in plot.bars) for name, plot in plots.items()} == sums
    for name in SPANS:
        assert "What was delivered" in text_of(client, f"/ops/?span={name}")
    assert client.get("/ops/?span=nonsense").status_code == 200


def test_a_plot_is_of_subscribers_alone() -> None:
    tally("webhooks.endpoint:1")
    assert deliveries.plot(SPANS["hour"], timezone.now()).highest == 0


def test_moments_begin_with_whole_steps() -> None:
    now = datetime(2026, 5, 5, 12, 34, 56, tzinfo=UTC)
    assert SPANS["hour"].moments(now)[0] == datetime(2026, 5, 5, 11, 35, tzinfo=UTC)
    assert SPANS["day"].moments(now)[-1] == datetime(2026, 5, 5, 12, tzinfo=UTC)


def test_endpoints_are_told_like_subscribers(client: Client) -> None:
    user = operator(client)
    endpoint, _secret = create_endpoint("https://example.org/hook", "level_up", created_by_id=user.pk)
    tally(f"webhooks.endpoint:{endpoint.pk}", delivered=1, failed=3)
    page = text_of(client, "/ops/")
    assert "25.0%" in page


def test_few_queries_however_much_there_is(client: Client) -> None:
    user = operator(client)
    for place in range(30):
        tally(event_type=f"type_{place}")
    for _ in range(3):
        endpoint, _secret = create_endpoint("https://example.org/hook", "level_up", created_by_id=user.pk)
        tally(f"webhooks.endpoint:{endpoint.pk}")
    client.get("/ops/")
    with at_most(QUERIES_MAX, "/ops/"):
        client.get("/ops/")


def test_it_draws_itself_anew_where_there_are_streams(client: Client, settings: Settings) -> None:
    operator(client)
    settings.LIVE_URL = "http://live.example"
    assert 'data-watch="ops:health"' in client.get("/ops/").content.decode()
    settings.LIVE_URL = ""
    assert "data-watch" not in client.get("/ops/").content.decode()


def test_only_staff_may_watch(client: Client) -> None:
    user, player = operator(client), accounts.sign_up(username="player")
    kind = channels.kinds["ops"]
    assert kind.make(user.pk, "health").facts() is not None
    for other in (player.pk, None):
        assert kind.make(other, "health").facts() is None
