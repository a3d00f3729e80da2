"""Who is in form: the recent matches only, best rate first, by the indexes."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.tournaments import selectors
from apps.tournaments.selectors import form

from .conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def field(make_field: Callable[..., Any]) -> Any:
    """Return a cup in which Ann won all, Bea half, Cat nothing; Dee won once and rested."""
    field = make_field("Ann", "Bea", "Cat", "Dee")
    for hours, (winner, loser) in enumerate(
        [("Dee", "Cat"), ("Ann", "Bea"), ("Ann", "Cat"), ("Ann", "Bea"), ("Bea", "Cat"), ("Bea", "Cat")]
    ):
        field.play(winner, loser, played_at=NOON + timedelta(hours=hours))
    return field


def test_the_best_rate_comes_first_and_too_few_matches_do_not_count(field: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = selectors.in_form()
    assert len(queries) == 1
    ann, bea = field.players["Ann"], field.players["Bea"]
    assert [(each.user_id, each.played, each.won) for each in found] == [
        *[(user_id, 3, 3) for user_id in ann],
        *[(user_id, 4, 2) for user_id in bea],
    ]
    assert (found[0].kills, found[0].deaths) == (6, 3)
    assert [each.user_id for each in selectors.in_form(1)] == ann[:1]


def test_only_the_latest_matches_count(field: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form, "RECENT_MATCHES", 3)
    monkeypatch.setattr(form, "PLAYED_LEAST", 1)
    assert {(each.played, each.won) for each in selectors.in_form()} == {(1, 1), (3, 2)}


def test_before_the_first_match() -> None:
    assert selectors.in_form() == []


def test_it_reads_by_the_indexes(field: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        selectors.in_form()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # so small a table is read in whole otherwise
        cursor.execute("EXPLAIN " + queries[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "match_latest" in plan
    assert re.search(r"matchparticipant_\w+", plan.replace("matchparticipant.", ""))
    assert "Seq Scan" not in plan
