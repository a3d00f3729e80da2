"""Rate limits: how much, for whom, and that all processes count together."""

import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from apps.api import limits
from apps.api.limits import Taken, Tier, take
from apps.api.models import Allowance
from apps.api.testing import assert_problem, client_of
from apps.events.testing import database_url
from apps.user_profile.testing import create_user
from tests.checkouts import CHECKOUT, surroundings

pytestmark = pytest.mark.django_db

GAME = "/api/v1/games/valorant/"
SLOW = Tier("slow", 1)
FEW = Tier("few", 7)


@pytest.fixture
def redis(settings: Settings, require_service: Callable[[str], str]) -> Iterator[None]:
    """Let Redis keep the limits."""
    settings.RATE_LIMITS_URL = require_service("redis")
    limits.redis_script.cache_clear()
    yield
    limits.redis_script.cache_clear()


def check_what_is_taken(caller: str) -> None:
    answers = [take(caller, FEW) for _ in range(9)]
    assert [one.refused for one in answers] == [False] * 7 + [True] * 2
    assert [one.remaining for one in answers] == [6, 5, 4, 3, 2, 1, 0, 0, 0]
    assert 1 <= answers[-1].retry_after_s <= 9
    assert not take(f"{caller}-other", FEW).refused


def test_in_the_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(10):
        check_what_is_taken("somebody")


def test_in_redis(redis: None) -> None:
    limits.redis_script()(keys=["api:allowance:warm"], args=[1, 1])  # type: ignore[misc]

    check_what_is_taken(uuid.uuid4().hex)
    assert not Allowance.objects.exists()


def test_when_redis_is_gone_the_database_counts(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.RATE_LIMITS_URL = "redis://127.0.0.1:1/0"
    limits.redis_script.cache_clear()
    try:
        assert [take("somebody", SLOW).refused for _ in range(2)] == [False, True]
    finally:
        limits.redis_script.cache_clear()
    assert "Redis does not answer" in caplog.text


@pytest.mark.parametrize("per_minute", [1, 2, 3, 7, 59, 300, 1201])
def test_the_first_burst_is_the_whole_allowance(per_minute: int) -> None:
    tier = Tier("some", per_minute)
    refused = [take("somebody", tier).refused for _ in range(per_minute)]
    assert not any(refused)


def test_it_refills() -> None:
    assert not take("somebody", SLOW).refused
    assert take("somebody", SLOW).refused
    row = Allowance.objects.get()
    row.full_at -= (row.full_at - row.full_at.replace(microsecond=0)) + 60 * limits_second()
    row.save()
    assert not take("somebody", SLOW).refused


def limits_second() -> Any:
    from datetime import timedelta

    return timedelta(seconds=1)


def test_numbers_for_clients() -> None:
    taken = Taken(Tier("some", 60), refused=True, full_in_s=60.0)
    assert (taken.remaining, taken.retry_after_s) == (0, 1)
    assert Taken(Tier("some", 60), refused=False, full_in_s=1.0).remaining == 59
    assert Taken(Tier("some", 1), refused=True, full_in_s=31.5).retry_after_s == 32


def test_a_flood(client: Client, settings: Settings) -> None:
    settings.API_PER_MINUTE = 2
    answers = [client.get(GAME) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 429, 429]
    for answer in answers[2:]:
        assert_problem(answer, 429, "too-many-requests")
        assert 1 <= int(answer.headers["Retry-After"]) <= 31
        assert answer.headers["X-RateLimit-Remaining"] == "0"
    assert_problem(client.get("/api/v1/nothing/"), 429, "too-many-requests")
    assert client.get(GAME, REMOTE_ADDR="192.0.2.7").status_code == 200
    assert client.get("/health/live").status_code == 200


def test_a_customer_has_a_whole_ipv6_network(client: Client, settings: Settings) -> None:
    settings.API_PER_MINUTE = 1
    addresses = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "::ffff:192.0.2.9", "192.0.2.9"]
    got = [client.get(GAME, REMOTE_ADDR=address).status_code for address in addresses]
    assert got == [200, 429, 200, 200, 429]


def test_behind_a_proxy_the_last_address_counts(client: Client, settings: Settings) -> None:
    settings.API_PER_MINUTE, settings.TRUST_PROXY = 1, True
    told = ["192.0.2.1", "9.9.9.9, 192.0.2.1", "192.0.2.2"]
    got = [client.get(GAME, headers={"X-Forwarded-For": each}).status_code for each in told]
    assert got == [200, 429, 200]


def test_a_user_has_one_allowance_for_all_tokens(settings: Settings, client: Client) -> None:
    settings.API_PER_MINUTE_SIGNED_IN, settings.API_PER_MINUTE = 2, 1
    user = create_user()
    clients = [client_of(user), client_of(user), client_of(user)]
    assert [one.get(GAME).status_code for one in clients] == [200, 200, 429]
    assert clients[0].get(GAME).headers["RateLimit-Policy"] == '"user";q=2;w=60'
    assert client.get(GAME).status_code == 200


def test_guesses_of_tokens_are_counted(client: Client, settings: Settings) -> None:
    settings.API_PER_MINUTE = 1
    guess = {"Authorization": "Bearer dct_guess"}
    assert [client.get(GAME, headers=guess).status_code for _ in range(2)] == [401, 429]


def test_addresses_are_not_kept(client: Client) -> None:
    client.get(GAME, REMOTE_ADDR="192.0.2.7")
    assert "192.0.2" not in Allowance.objects.get().caller


def test_what_has_served_its_time_is_dropped() -> None:
    take("early", Tier("some", 60))
    Allowance.objects.update(full_at="2020-01-01T00:00:00Z")
    take("late", Tier("some", 60))
    assert limits.forget() == 1
    assert [row.caller for row in Allowance.objects.all()] == ["late"]


CODE = """
import sys, django
django.setup()
from apps.api.limits import Tier, take
print(sum(not take(sys.argv[1], Tier("some", 30)).refused for _ in range(20)))
"""


def check_that_processes_count_together(env: dict[str, str]) -> None:
    command, caller = [sys.executable, "-c", CODE], uuid.uuid4().hex
    running = [
        subprocess.Popen([*command, caller], cwd=CHECKOUT, env=env, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    granted = [int(one.communicate()[0]) for one in running]
    # 30 at once; what came back meanwhile, one every two seconds, may be on top.
    assert 30 <= sum(granted) <= 40


def test_processes_count_together_in_redis(require_service: Callable[[str], str]) -> None:
    env = surroundings(REDIS_URL=require_service("redis"), DJANGO_SETTINGS_MODULE="config.settings")
    env = {name: value for name, value in env.items() if name != "TESTING"}
    check_that_processes_count_together(env | {"DELTACROWN_DEV": str(CHECKOUT)})


@pytest.mark.django_db(transaction=True)
def test_processes_count_together_in_the_database() -> None:
    env = surroundings(DATABASE_URL=database_url(), DJANGO_SETTINGS_MODULE="config.settings", TESTING="1")
    check_that_processes_count_together({name: value for name, value in env.items() if name != "REDIS_URL"})
