"""Public ids: no two are the same, none tells how many came before."""

import re
from itertools import pairwise

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from apps.user_profile import public_ids
from apps.user_profile.models import PublicIdKey
from tests.threads import other_threads

KEY = b"k" * 32


@pytest.mark.parametrize("size", [1, 2, 10, 1000, 4096])
def test_a_permutation_is_one_to_one(size: int) -> None:
    assert sorted(public_ids.permute(n, size=size, key=KEY) for n in range(size)) == list(range(size))


@given(st.integers(0, 10**6 - 1), st.integers(0, 10**6 - 1))
def test_two_profiles_never_share_an_id(one: int, other: int) -> None:
    ids = {public_ids.public_id(number, key=KEY) for number in (one, other)}
    assert len(ids) == len({one, other})
    assert all(re.fullmatch(r"DC-\d{6}", public_id) for public_id in ids)


def test_seven_digits_when_six_run_out() -> None:
    last, first = (public_ids.public_id(number, key=KEY) for number in (10**6 - 1, 10**6))
    assert re.fullmatch(r"DC-\d{6}", last)
    assert re.fullmatch(r"DC-\d{7}", first)
    assert re.fullmatch(r"DC-\d{7}", public_ids.public_id(10**6 + 10**7 - 1, key=KEY))
    assert re.fullmatch(r"DC-\d{8}", public_ids.public_id(10**6 + 10**7, key=KEY))


def test_the_order_depends_on_the_key_and_is_not_the_order_of_arrival() -> None:
    some = [public_ids.public_id(number, key=KEY) for number in range(100)]
    assert some != sorted(some)
    assert some != [public_ids.public_id(number, key=b"other") for number in range(100)]
    steps = {int(b[3:]) - int(a[3:]) for a, b in pairwise(some)}
    assert len(steps) > 90


@pytest.mark.django_db
def test_the_key_is_made_once() -> None:
    PublicIdKey.objects.all().delete()
    drawn = public_ids.draw(3) + public_ids.draw(1)
    assert len(set(drawn)) == 4
    assert PublicIdKey.objects.count() == 1
    assert public_ids.draw(0) == []


@pytest.mark.django_db(transaction=True)
def test_many_draw_at_once() -> None:
    with other_threads(4) as start:
        draws = [start(public_ids.draw, count=25) for _ in range(8)]
    drawn = [public_id for draw in draws for public_id in draw.result()]
    assert len(set(drawn)) == len(drawn) == 200


@pytest.mark.django_db
def test_what_a_rolled_back_transaction_drew_is_not_drawn_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT here")
        lost = public_ids.draw(1)
        cursor.execute("ROLLBACK TO here")
    assert public_ids.draw(1) != lost
