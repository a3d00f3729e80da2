"""What all answers under /api/ have in common."""

import uuid
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import path
from pytest_django.fixtures import Settings

from apps.api.testing import assert_problem
from config.urls import urlpatterns as real

pytestmark = pytest.mark.django_db

GAME = "/api/v1/games/valorant/"


def broken(request: HttpRequest) -> None:
    raise RuntimeError("a secret of ours")


urlpatterns = [path("api/v1/broken/", broken), *real]


def test_headers_of_a_success(client: Client) -> None:
    answer = client.get(GAME)
    assert answer.status_code == 200
    headers = answer.headers
    assert headers["Content-Type"].startswith("application/json")
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cache-Control"] == "private, no-cache"
    assert headers["Vary"] == "Authorization, Cookie"
    assert headers["RateLimit-Policy"] == '"anonymous";q=300;w=60'
    assert headers["RateLimit"] == '"anonymous";r=299;t=1'
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("300", "299")
    assert {"ETag", "Link", "RateLimit", "X-Request-ID"} <= set(
        headers["Access-Control-Expose-Headers"].split(", ")
    )
    assert uuid.UUID(headers["X-Request-ID"])
    assert not answer.cookies


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1/",
        "/api/v1/nothing/",
        "/api/v1/games/no-such-game/",
        "/api/v1/games/%00/",
        "/api/%ff/",
    ],
)
def test_what_is_not_there(client: Client, path: str) -> None:
    problem = assert_problem(client.get(path), 404, "not-found")
    assert problem["errors"] == []


def test_the_instance_is_the_path(client: Client) -> None:
    assert client.get("/api/v1/nothing/?q=1").json()["instance"] == "/api/v1/nothing/"


def test_a_method_that_is_not_allowed(client: Client) -> None:
    answer = client.delete(GAME)
    assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET"
    assert answer.headers["RateLimit"]


@pytest.mark.urls("apps.api.tests.test_answers")
def test_a_fault_of_ours_tells_nothing_but_its_id() -> None:
    answer = Client(raise_request_exception=False).get("/api/v1/broken/")
    assert_problem(answer, 500, "internal-error")
    assert b"secret" not in answer.content
    assert answer.headers["RateLimit"]


def test_a_foreign_host(client: Client) -> None:
    assert_problem(client.get(GAME, headers={"Host": "evil.example"}), 400, "invalid-request")


def test_the_caller_s_own_request_id(client: Client) -> None:
    name = str(uuid.uuid4())
    answer = client.get("/api/v1/nothing/", headers={"X-Request-ID": name})
    assert assert_problem(answer, 404, "not-found")["request_id"] == name


def test_a_slash_that_was_forgotten(client: Client) -> None:
    answer = client.get("/api/v1/games/valorant")
    assert (answer.status_code, answer.headers["Location"]) == (301, GAME)


def test_head(client: Client) -> None:
    whole, head = client.get(GAME), client.head(GAME)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert head.headers["ETag"] == whole.headers["ETag"]
    missing = client.head("/api/v1/nothing/")
    assert (missing.status_code, missing.content) == (404, b"")


def test_a_browser_asks_first(client: Client) -> None:
    answer = client.options(
        GAME, headers={"Origin": "https://x.example", "Access-Control-Request-Method": "GET"}
    )
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


class TestEntityTags:
    def test_who_has_it_is_told_so(self, client: Client) -> None:
        tag = client.get(GAME).headers["ETag"]
        assert tag.startswith('"')
        for condition in (tag, f'"other", {tag}', "*", f"W/{tag}"):
            answer = client.get(GAME, headers={"If-None-Match": condition})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["ETag"] == tag
            assert answer.headers["Cache-Control"] == "private, no-cache"
            assert answer.headers["RateLimit"]
            assert answer.headers["Access-Control-Allow-Origin"] == "*"

    @pytest.mark.parametrize("condition", ['"stale"', "", "nonsense", '"' + "x" * 5000 + '"', '"a\0b"'])
    def test_who_has_another_gets_it_whole(self, client: Client, condition: str) -> None:
        answer = client.get(GAME, headers={"If-None-Match": condition})
        assert (answer.status_code, answer.json()["slug"]) == (200, "valorant")

    def test_errors_have_none(self, client: Client) -> None:
        assert "ETag" not in client.get("/api/v1/nothing/").headers


class TestMaintenance:
    def test_a_problem_without_a_question_to_the_database(self, settings: Settings, db_blocked: None) -> None:
        settings.MAINTENANCE = True
        answer = Client().get(GAME)
        assert_problem(answer, 503, "unavailable")
        assert answer.headers["Retry-After"] == "600"


@pytest.fixture
def db_blocked(django_assert_num_queries: Any) -> Any:
    with django_assert_num_queries(0):
        yield
