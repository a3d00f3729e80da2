"""What is going to end says so in every answer, in good time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import resolve

from apps.api import endings
from apps.api.endings import Ending

GAME, NO_GAME = "/api/v1/games/valorant/", "/api/v1/games/solitaire/"
DEPRECATED_AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_answers_say_when_their_address_ends(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ending = Ending(DEPRECATED_AT, datetime(2026, 9, 1, 12, tzinfo=UTC))
    monkeypatch.setitem(endings.ENDINGS, resolve(GAME).route, ending)
    seen = client.get(GAME)
    for answer in (seen, client.get(NO_GAME), client.get(GAME, headers={"If-None-Match": seen["ETag"]})):
        assert answer.headers["Deprecation"] == "@1767225600"
        assert answer.headers["Sunset"] == "Tue, 01 Sep 2026 12:00:00 GMT"
        assert {"Deprecation", "Sunset"} <= set(answer["Access-Control-Expose-Headers"].split(", "))
    assert [client.get(path).status_code for path in (GAME, NO_GAME)] == [200, 404]
    others = client.get("/api/v1/games/").headers
    assert not {"Deprecation", "Sunset"} & set(others)


def test_nothing_ends_without_notice() -> None:
    with pytest.raises(ValueError, match="183 days"):
        Ending(DEPRECATED_AT, DEPRECATED_AT + timedelta(days=182))
