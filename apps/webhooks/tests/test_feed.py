"""The events that name somebody, fetched and followed: the same ids, words and decisions as his webhooks."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.api.scopes import Scope
from apps.api.services import tokens
from apps.api.testing import assert_problem, client_of
from apps.events import sequencer
from apps.events.testing import deliver_all
from apps.live.testing import live_server
from apps.user_profile.services import follows, profiles
from apps.user_profile.services.privacy import update
from apps.user_profile.testing import create_user
from apps.webhooks import feed
from apps.webhooks.testing import Receiver, create_endpoint, receiving, work_off

pytestmark = pytest.mark.django_db(transaction=True)

SCOPES = ("read", "events:read")


class Scene:
    """Ada renames herself, follows Bob and is followed by him; everything has its position."""

    def __init__(self) -> None:
        self.ada, self.bob = create_user("Ada"), create_user("Bob")
        profiles.update(user_id=self.ada.pk, display_name="Ada L.")
        follows.follow(follower_id=self.ada.pk, followed_id=self.bob.pk)
        follows.follow(follower_id=self.bob.pk, followed_id=self.ada.pk)
        deliver_all()
        self.client = client_of(self.ada, SCOPES)

    def items(self, **query: Any) -> list[dict[str, Any]]:
        """Return what Ada is told."""
        found: list[dict[str, Any]] = self.client.get("/api/v1/events", query).json()["items"]
        return found


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return Scene()


def test_the_same_ids_and_words_as_webhooks(transactional_db: None) -> None:
    ada, bob = create_user("Ada"), create_user("Bob")
    with receiving(Receiver()) as receiver:
        create_endpoint(receiver.url, "user_followed", "display_name_changed", created_by_id=ada.pk)
        profiles.update(user_id=ada.pk, display_name="Ada L.")
        follows.follow(follower_id=bob.pk, followed_id=ada.pk)
        deliver_all()
        work_off()
    query = {"types": "user_followed,display_name_changed"}
    items = client_of(ada, SCOPES).get("/api/v1/events", query).json()["items"]
    told = {each.headers["webhook-id"]: each.json() for each in receiver.received}
    assert {
        item["id"]: {name: item[name] for name in ("type", "timestamp", "data")} for item in items
    } == told
    assert len(told) == 2


def test_part_by_part_nothing_is_lost_or_doubled(scene: Scene) -> None:
    whole = scene.items()
    assert [item["position"] for item in whole] == sorted(item["position"] for item in whole)
    found, after, more = [], None, True
    while more:
        query = {"limit": 1} if after is None else {"limit": 1, "after": after}
        answer = scene.client.get("/api/v1/events", query)
        part = answer.json()
        assert f"after={part['next']}" in answer.headers["Link"]
        found += part["items"]
        after, more = part["next"], part["has_more"]
    assert found == whole
    assert after == sequencer.head()
    assert scene.items(after=after) == []


def test_one_a_line(scene: Scene) -> None:
    answer = scene.client.get("/api/v1/events", headers={"accept": "application/x-ndjson"})
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert [json.loads(line) for line in answer.content.decode().splitlines()] == scene.items()
    assert 'rel="next"' in answer.headers["Link"]


def test_a_position_that_is_not_there(scene: Scene) -> None:
    head = sequencer.head()
    assert_problem(scene.client.get("/api/v1/events", {"after": head + 1}), 422, "position-ahead")
    for wrong in ("-1", "x", str(2**63), "1.5"):
        assert_problem(scene.client.get("/api/v1/events", {"after": wrong}), 422, "invalid-values")
    assert_problem(scene.client.get("/api/v1/events", {"types": "nothing"}), 422, "invalid-values")
    follows.unfollow(follower_id=scene.ada.pk, followed_id=scene.bob.pk)
    deliver_all()
    prune_up_to(head)
    problem = assert_problem(scene.client.get("/api/v1/events", {"after": 0}), 410, "position-pruned")
    assert f"after={head}" in problem["detail"]
    assert [item["type"] for item in scene.items(after=head)] == ["user_unfollowed"]
    assert [item["type"] for item in scene.items()] == ["user_unfollowed"]


def prune_up_to(position: int) -> None:
    """Take away the first events, as `events prune` does once every subscriber has heard them."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM event_stream WHERE position <= %s", [position])


def test_whose_events_and_what_is_hidden(scene: Scene) -> None:
    types = [item["type"] for item in scene.items()]
    assert types.count("user_followed") == 2
    # Bob hides whom he follows; what Ada did herself stays.
    update(user_id=scene.bob.pk, show_following_list=False)
    follows.block(user_id=scene.bob.pk, blocked_id=create_user("Eve").pk)
    told = [item["data"] for item in scene.items(types="user_followed")]
    assert [each["follower"]["username"] for each in told] == ["Ada"]
    assert (
        client_of(create_user("Mallory"), SCOPES).get("/api/v1/events?types=user_followed").json()["items"]
        == []
    )


def test_what_a_token_needs(scene: Scene) -> None:
    assert_problem(Client().get("/api/v1/events"), 401, "unauthorized")
    assert_problem(client_of(scene.ada, ["read"]).get("/api/v1/events"), 403, "insufficient-scope")


def test_money_needs_a_scope_of_its_own(scene: Scene) -> None:
    assert "transaction_completed" not in feed.types_for(SCOPES)
    assert "transaction_completed" in feed.types_for([*SCOPES, Scope.WALLET_READ])
    assert feed.types_for(SCOPES, ["transaction_completed"]) == []


def test_followed_as_they_happen(scene: Scene) -> None:
    token, secret = tokens.create(user_id=scene.ada.pk, name="follow", scopes=SCOPES)
    bearer = {"Authorization": f"Bearer {secret}"}
    whole = scene.items()
    with live_server() as server:
        stream = server.stream("events", "?after=0", **bearer)
        assert [stream.next().data for _ in whole] == whole
        back = server.stream("events", **bearer, **{"Last-Event-ID": str(whole[0]["position"])})
        assert back.next().data == whole[1]
        profiles.update(user_id=scene.ada.pk, display_name="Ada Byron")
        deliver_all()
        news = stream.next()
        assert (news.event, news.id) == (news.data["type"], news.data["position"])
        assert news.data in scene.items(after=whole[-1]["position"])
        gap = server.stream("events", "?after=999999", **bearer).next()
        assert (gap.event, gap.data["reason"]) == ("reset", "ahead")
        assert server.get("/live/events").status == 401
        assert server.get("/live/events?types=nothing", **bearer).status == 400
        tokens.revoke(user_id=scene.ada.pk, token_id=token.pk)
        profiles.update(user_id=scene.ada.pk, display_name="Ada again")
        deliver_all()
        while (last := stream.next()).event != "gone":
            assert last.data["position"] < sequencer.head()
