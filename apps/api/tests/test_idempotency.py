"""Writes that are sent twice happen once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.api.models import KeptAnswer
from apps.api.services import idempotency
from apps.api.testing import assert_problem, client_of
from apps.events.models import EventLog
from apps.user_profile.models import GameProfile
from apps.user_profile.testing import create_user

MINE = "/api/v1/me/passports/"
VALORANT = {"game": "valorant", "ign": "Ada#EUW"}


def send(client: Client, data: Any = VALORANT, key: str | None = "key-1", **headers: str) -> Any:
    named = {} if key is None else {"Idempotency-Key": key}
    return client.post(MINE, data, content_type="application/json", headers=named | headers)


@pytest.mark.django_db
class TestTheSameKey:
    @pytest.fixture
    def mine(self) -> Client:
        return client_of(create_user())

    def test_and_request_is_the_first_answer(self, mine: Client) -> None:
        first, again = send(mine), send(mine)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.content == again.content
        assert first.headers["Location"] == again.headers["Location"] == f"{MINE}valorant/"
        assert "Idempotency-Replayed" not in first.headers
        assert again.headers["Idempotency-Replayed"] == "true"
        assert GameProfile.objects.count() == 1
        assert EventLog.objects.filter(event_type="game_passport_added").count() == 1

    def test_and_another_body_is_refused(self, mine: Client) -> None:
        send(mine)
        answer = send(mine, {"game": "cs2", "ign": "76561190000000000"})
        assert_problem(answer, 422, "idempotency-key-reused")
        assert GameProfile.objects.count() == 1

    def test_also_repeats_a_refusal(self, mine: Client) -> None:
        wrong = {"game": "valorant", "ign": "no tag"}
        first, again = send(mine, wrong), send(mine, wrong)
        assert_problem(first, 422, "invalid-values")
        assert again.content == first.content
        assert again.headers["Idempotency-Replayed"] == "true"

    def test_of_somebody_else_is_another_key(self, mine: Client) -> None:
        assert send(mine).status_code == 201
        other = client_of(create_user())
        assert send(other, VALORANT | {"ign": "Bela#EUW"}).status_code == 201
        assert GameProfile.objects.count() == 2

    def test_and_request_of_somebody_else_is_not_the_first_answer(self, mine: Client) -> None:
        assert send(mine).status_code == 201
        answer = send(client_of(create_user()))
        assert_problem(answer, 422, "invalid-values")
        assert "Idempotency-Replayed" not in answer.headers

    def test_is_forgotten_after_two_days(self, mine: Client) -> None:
        send(mine)
        assert idempotency.forget() == 0
        KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=49))
        assert idempotency.forget() == 1

    def test_another_key_runs_again(self, mine: Client) -> None:
        send(mine)
        assert_problem(send(mine, key="key-2"), 422, "invalid-values")
        assert_problem(send(mine, key=None), 422, "invalid-values")


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256, "sn\N{SNOWMAN}w", "a\0b", "a\nb"])
def test_what_cannot_be_a_key(key: str) -> None:
    assert_problem(send(client_of(create_user()), key=key), 400, "invalid-idempotency-key")
    assert not GameProfile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_while_the_same_request_runs() -> None:
    user = create_user()
    client, answers = client_of(user), []
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        """Be the request that is still running."""
        from django.db import transaction

        with transaction.atomic():
            assert idempotency.locked(f"api:{user.pk}:key-1")
            held.set()
            done.wait(20)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(20)
    answers.append(send(client))
    done.set()
    thread.join()
    assert_problem(answers[0], 409, "request-in-progress")
    assert answers[0].headers["Retry-After"] == "1"
    assert send(client).status_code == 201


@pytest.mark.django_db
def test_a_write_that_breaks_leaves_nothing_and_may_be_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    user = create_user()
    client = client_of(user)
    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "contents", lambda response: 1 / 0)
        assert_problem(send(client), 500, "internal-error")
    assert not GameProfile.objects.exists()
    assert not KeptAnswer.objects.exists()
    assert send(client).status_code == 201
