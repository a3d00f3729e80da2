"""Search for players: typing errors, order, the index, and nobody who hides."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.user_profile.models import User
from apps.user_profile.selectors import search
from apps.user_profile.selectors.privacy import ANONYMOUS, viewer_of
from apps.user_profile.services import follows
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def players() -> dict[str, User]:
    names = {
        "cleo": "Cleopatra",
        "caesar99": "Julius Caesar",
        "zoe_b": "Zoë Beck",
        "huke": "Cuyler Garland",
        "cle": "Somebody",
        "formal": "FormaL",
        "kenny": "Kenny",
    }
    return {username: create_user(username, display_name=name) for username, name in names.items()}


def found(query: str, limit: int = 10) -> list[str]:
    return [card.username for card in search.players_like(query, ANONYMOUS, limit)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Cleopatra", "cleo"),
        ("cleopatar", "cleo"),
        ("clepatra", "cleo"),
        ("@cleo", "cleo"),
        ("  CLEO ", "cleo"),
        ("julius ceasar", "caesar99"),
        ("cesar", "caesar99"),
        ("garland", "huke"),
        ("Garlnad", "huke"),
        ("zoe beck", "zoe_b"),
        ("keny", "kenny"),
        ("hu", "huke"),
        ("cle", "cle"),
    ],
)
def test_a_name_is_found_however_it_is_typed(players: dict[str, User], query: str, first: str) -> None:
    assert found(query)[:1] == [first]


@pytest.mark.parametrize(
    "query", ["", "c", "@", "\0", "xylophone", "%", "%%", "__", "\\", "' OR 1=1 --", "(", "😀😀"]
)
def test_nothing_is_found(players: dict[str, User], query: str) -> None:
    assert found(query) == []


def test_the_best_come_first_and_no_more_than_are_wanted(players: dict[str, User]) -> None:
    assert found("cle", 2) == ["cle", "cleo"]
    assert found("cle", 1) == ["cle"]


def test_a_percent_sign_is_a_percent_sign() -> None:
    create_user("hundred", display_name="100% real")
    create_user("other", display_name="100 things")
    assert found("100%")[0] == "hundred"


def test_who_blocks_the_viewer_is_not_there(players: dict[str, User]) -> None:
    follows.block(user_id=players["cleo"].pk, blocked_id=players["huke"].pk)
    as_huke = search.players_like("cleopatra", viewer_of(players["huke"]), 10)
    assert "cleo" not in [card.username for card in as_huke]
    assert found("cleopatra")[0] == "cleo"


def test_hidden_players_do_not_cost_the_others_their_places(players: dict[str, User]) -> None:
    follows.block(user_id=players["cle"].pk, blocked_id=players["huke"].pk)
    as_huke = search.players_like("cle", viewer_of(players["huke"]), 1)
    assert [card.username for card in as_huke] == ["cleo"]


def test_who_is_gone_is_not_found(players: dict[str, User]) -> None:
    User.objects.filter(pk=players["cleo"].pk).update(is_active=False)
    assert "cleo" not in found("cleopatra")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=120))
def test_whatever_is_asked_is_answered(players: dict[str, User], query: str) -> None:
    assert set(found(query)) <= set(players)


def test_ten_megabytes_are_not_looked_at(players: dict[str, User]) -> None:
    assert len(search.cleaned("x" * 10_000_000)) == search.QUERY_CHARS_MAX


def test_it_is_answered_by_the_indexes() -> None:
    User.objects.bulk_create([User(username=f"player-{n:04}") for n in range(300)])
    with transaction.atomic(), connection.cursor() as cursor:
        # A small table is read faster as a whole; that a large one need not be is what is wanted here.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        values = {"query": "cleopatra", "prefix": "cleopatra%", "alike": True, "limit": 10, "pool": 99}
        cursor.execute(f"EXPLAIN {search.FIND}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan, plan
    assert plan.count("Bitmap Index Scan on userprofile_name_like") == 3, plan
    assert plan.count("Bitmap Index Scan on user_username_like") == 2, plan
