"""For tests of any app's endpoints."""

from collections.abc import Iterable
from typing import Any

from django.test import Client

from apps.api.scopes import Scope
from apps.api.services import tokens


def client_of(user: Any, scopes: Iterable[str] = tuple(Scope.values)) -> Client:
    """Return a client that asks with a new token of this user."""
    _, secret = tokens.create(user_id=user.pk, name="test", scopes=scopes)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Fail unless an answer is this problem, in full; return it."""
    assert answer.status_code == status, (answer.status_code, answer.content[:500])
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["type"] == f"/developers/#problem-{code}", problem
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    assert problem["title"]
    assert problem["detail"]
    return problem
