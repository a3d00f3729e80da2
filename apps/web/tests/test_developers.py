"""The page for developers tells what is served."""

import html
import json
from typing import Any

import pytest
from django.test import Client

from apps.api.problems import KINDS, PLACE
from apps.web.tests.pages import html_of, text_of

pytestmark = pytest.mark.django_db


def test_every_operation_is_there(client: Client) -> None:
    served = client.get("/api/v1/openapi.json")
    assert served.headers["Content-Type"] == "application/json"
    document = json.loads(served.content)
    assert document["openapi"].startswith("3.1")
    words = html.unescape(text_of(client, "/developers/"))
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            begins = " ".join(operation["description"].split("`")[0].split())
            assert f"{method.upper()} {path} {begins}" in words
    assert "PATCH /api/v1/me/" in words


def test_the_type_of_every_problem_leads_here(client: Client) -> None:
    page, _, anchor = PLACE.partition("#")
    source = html_of(client, page)
    for kind in KINDS:
        assert source.count(f'id="{anchor}{kind.code}"') == 1


def test_it_asks_the_database_nothing(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        client.get("/developers/")
