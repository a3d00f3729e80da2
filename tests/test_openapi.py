"""The OpenAPI document is true: of every answer to every request that anybody can think of."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
import schemathesis
from django.test.client import ClientHandler
from hypothesis import given
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apps.api.scopes import Scope
from apps.api.services import tokens
from apps.user_profile.services import follows, passports
from apps.user_profile.testing import create_user
from config.api import document

EXAMPLES = 6
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

HANDLER = ClientHandler(enforce_csrf_checks=True)


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Be the site, inside the test's transaction."""
    environ.setdefault("REMOTE_ADDR", "127.0.0.1")
    response = HANDLER(environ)
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.headers.items()))
    return [response.content]


schema = schemathesis.openapi.from_dict(document())
schema.app = application
OPERATIONS = {found.ok().label: found.ok() for found in schema.get_all_operations()}


@pytest.fixture
def secret(db: None) -> str:
    """Return a token that may do everything, of a player who has something of everything."""
    ada, bela = create_user("ada"), create_user("bela")
    passports.add(user_id=ada.pk, game_id=2, ign="Adaa#EUW")
    follows.follow(follower_id=bela.pk, followed_id=ada.pk)
    return tokens.create(user_id=ada.pk, name="test", scopes=Scope.values)[1]


# Not by the schema's own parametrize, which gives all its tests one name: workers that share tests by name
# would run one of them alone.
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_is_as_documented(label: str, secret: str, settings_with_room: None) -> None:
    @given(case=OPERATIONS[label].as_strategy())
    @hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    def ask(case: Any) -> None:
        response = case.call(headers={"Authorization": f"Bearer {secret}"})
        case.validate_response(response, checks=CHECKS)

    ask()


@pytest.fixture
def settings_with_room(settings: Any) -> None:
    """Allow as many requests as the test makes."""
    settings.API_PER_MINUTE_SIGNED_IN = 1_000_000
