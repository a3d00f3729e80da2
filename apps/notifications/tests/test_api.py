"""What one is told, by API."""

from typing import Any

import pytest
from django.test import Client

from apps.api.testing import assert_problem, client_of
from apps.notifications.models import Notification
from apps.user_profile.services import follows
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db
PATH = "/api/v1/me/notifications/"
JSON: dict[str, Any] = {"content_type": "application/json"}


def test_from_end_to_end(client: Client) -> None:
    ada, bela = create_user("ada"), create_user("bela", display_name="Béla")
    follows.follow(follower_id=bela.pk, followed_id=ada.pk)
    hers, his = client_of(ada), client_of(bela)
    [line] = hers.get(PATH).json()["items"]
    assert (line["kind"], line["text"], line["actor"]) == ("followed", "Béla follows you.", "bela")
    assert hers.get(f"{PATH}unread/").json() == {"count": 1}
    assert his.get(PATH).json()["items"] == []
    assert_problem(his.put(f"{PATH}{line['id']}/reading/", **JSON), 404, "not-found")
    assert hers.put(f"{PATH}{line['id']}/reading/", **JSON).status_code == 204
    assert hers.get(f"{PATH}unread/").json() == {"count": 0}
    Notification.objects.update(read_at=None)
    assert hers.post(f"{PATH}reading/", {"up_to": line["id"]}, **JSON).status_code == 204
    assert hers.get(f"{PATH}unread/").json() == {"count": 0}
    assert_problem(client.get(PATH), 401, "unauthorized")


def test_preferences() -> None:
    ada = create_user("ada")
    hers = client_of(ada)
    wish = {"in_app": True, "by_email": True}
    assert hers.put(f"{PATH}preferences/followed/", wish, **JSON).status_code == 200
    found = {each["kind"]: each for each in hers.get(f"{PATH}preferences/").json()}
    assert found["followed"] == {"kind": "followed", "category": "social", **wish}
    assert not found["post_liked"]["by_email"]
    assert_problem(hers.put(f"{PATH}preferences/martian/", wish, **JSON), 404, "not-found")
    for up_to in ("", "-1", "x", "9" * 40):
        assert_problem(hers.post(f"{PATH}reading/", {"up_to": up_to}, **JSON), 422, "invalid-values")
