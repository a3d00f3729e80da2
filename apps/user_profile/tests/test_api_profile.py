"""The profile document: exactly the roadmap's, and never more than the viewer may see."""

from typing import Any

import pytest
from django.test import Client

from apps.api.testing import assert_problem, client_of
from apps.tournaments.signals import match_won, tournament_registered
from apps.user_profile.models import StaffLook, User
from apps.user_profile.services import follows, passports, profiles, usernames
from apps.user_profile.services.privacy import apply_preset, update
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db

ADDRESSES = ("/api/profiles/@johndoe/", "/api/v1/profiles/@johndoe/")
HERE = ADDRESSES[0]
NOTHING = {
    "avatar_url": None,
    "bio": None,
    "public_id": None,
    "country": None,
    "game_passports": [],
    "stats": {"tournaments_played": None, "matches_won": None, "follower_count": None},
}


@pytest.fixture
def john() -> User:
    """Return the player of the roadmap's example."""
    user = create_user("johndoe", display_name="John Doe")
    profiles.update(
        user_id=user.pk, bio="Professional VALORANT player", country="BD", avatar="avatars/123.jpg"
    )
    passports.add(user_id=user.pk, game_id=2, ign="JohnDoe#TAG", current_rank="Immortal 3")
    tournament_registered.send(None, user_id=user.pk, tournament_id=1, game_id=2)
    for match_id in (1, 2):
        match_won.send(None, user_id=user.pk, match_id=match_id)
    follows.follow(follower_id=create_user("fan").pk, followed_id=user.pk)
    return user


def read(client: Client, path: str = HERE) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    document: dict[str, Any] = answer.json()
    return document


def test_the_roadmap_s_document(client: Client, john: User) -> None:
    assert read(client) == {
        "username": "johndoe",
        "display_name": "John Doe",
        "avatar_url": "http://testserver/media/avatars/123.jpg",
        "bio": "Professional VALORANT player",
        "public_id": john.userprofile.public_id,
        "country": "BD",
        "game_passports": [
            {"game": "valorant", "ign": "JohnDoe#TAG", "current_rank": "Immortal 3", "is_lft": False}
        ],
        "stats": {"tournaments_played": 1, "matches_won": 2, "follower_count": 1},
        "privacy": {
            "is_private": False,
            "can_view_game_ids": True,
            "can_view_achievements": True,
            "can_view_activity": True,
            "can_view_followers": True,
            "can_send_message": True,
            "can_follow": False,
        },
    }


def test_the_same_at_both_addresses_in_any_spelling(client: Client, john: User) -> None:
    one, other = (client.get(path) for path in ADDRESSES)
    assert one.content == other.content
    assert one.headers["ETag"] == other.headers["ETag"]
    assert client.get("/api/profiles/@JohnDoe/").content == one.content


def test_what_is_unset_is_null(client: Client) -> None:
    create_user("bare")
    document = read(client, "/api/profiles/@bare/")
    assert (document["avatar_url"], document["bio"], document["country"]) == (None, None, None)
    assert document["game_passports"] == []
    assert document["stats"] == {"tournaments_played": 0, "matches_won": 0, "follower_count": 0}


@pytest.mark.parametrize("path", ADDRESSES)
def test_queries(client: Client, john: User, path: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):  # the document, the rate limit
        answer = client.get(path)
    with django_assert_num_queries(2):
        again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    token = client_of(create_user())
    with django_assert_num_queries(3):  # and the token
        token.get(path)


@pytest.mark.parametrize(
    "username", ["nobody", "a", "a%00b", "%F0%9F%98%80", "x" * 3000, "john doe", "me'--"]
)
@pytest.mark.parametrize("root", ["/api/", "/api/v1/"])
def test_nobody(client: Client, john: User, root: str, username: str) -> None:
    assert_problem(client.get(f"{root}profiles/@{username}/"), 404, "not-found")


class TestPrivacy:
    SWITCHES = {
        "show_country": {"country": None},
        "show_game_ids": {"game_passports": []},
        "show_match_history": {"stats": {"tournaments_played": 1, "matches_won": None, "follower_count": 1}},
        "show_tournaments": {"stats": {"tournaments_played": None, "matches_won": 2, "follower_count": 1}},
        "show_followers_count": {
            "stats": {"tournaments_played": 1, "matches_won": 2, "follower_count": None}
        },
        "show_achievements": {},
        "show_activity_feed": {},
        "show_followers_list": {},
        "allow_direct_messages": {},
    }
    TOLD = {
        "show_game_ids": "can_view_game_ids",
        "show_achievements": "can_view_achievements",
        "show_activity_feed": "can_view_activity",
        "show_followers_list": "can_view_followers",
        "allow_direct_messages": "can_send_message",
    }

    @pytest.mark.parametrize("switch", SWITCHES)
    def test_a_switch_hides_its_part_and_moves_the_tag(self, client: Client, john: User, switch: str) -> None:
        before, open_answer = read(client), client.get(HERE)
        update(user_id=john.pk, **{switch: False})
        changed = dict(self.SWITCHES[switch])
        if switch in self.TOLD:
            changed["privacy"] = {**before["privacy"], self.TOLD[switch]: False}
        assert read(client) == {**before, **changed}
        stale = client.get(HERE, headers={"If-None-Match": open_answer.headers["ETag"]})
        assert stale.status_code == 200
        own = read(client_of(john))
        assert {key: own[key] for key in before if key != "privacy"} == {
            key: before[key] for key in before if key != "privacy"
        }

    def test_a_private_account_is_a_card(self, client: Client, john: User) -> None:
        fan = client_of(User.objects.get(username="fan"))
        before = read(fan)
        apply_preset(user_id=john.pk, preset="PRIVATE")
        update(user_id=john.pk, **{name: True for name in self.SWITCHES if name.startswith("show_")})
        hidden = read(client)
        assert hidden.keys() == before.keys()
        assert hidden == {
            **NOTHING,
            "username": "johndoe",
            "display_name": "John Doe",
            "avatar_url": before["avatar_url"],
            "privacy": dict.fromkeys(hidden["privacy"], False) | {"is_private": True},
        }
        assert read(fan)["bio"] == before["bio"]

    def test_who_is_blocked_finds_nobody(self, client: Client, john: User) -> None:
        foe = create_user()
        theirs = client_of(foe)
        tag = theirs.get(HERE).headers["ETag"]
        follows.block(user_id=john.pk, blocked_id=foe.pk)
        for path in ADDRESSES:
            answer = theirs.get(path, headers={"If-None-Match": tag})
            problem, nobody = answer.json(), theirs.get("/api/profiles/@nobody/").json()
            assert_problem(answer, 404, "not-found")
            assert {**problem, "instance": "", "request_id": ""} == {
                **nobody,
                "instance": "",
                "request_id": "",
            }
        assert read(client)["username"] == "johndoe"

    def test_a_closed_account_is_nobody(self, client: Client, john: User) -> None:
        User.objects.filter(pk=john.pk).update(is_active=False)
        assert_problem(client.get(HERE), 404, "not-found")

    def test_what_staff_sees_beyond_others_is_written_down(self, client: Client, john: User) -> None:
        staff = create_user()
        User.objects.filter(pk=staff.pk).update(is_staff=True)
        theirs = client_of(staff)
        read(theirs)
        assert not StaffLook.objects.exists()
        update(user_id=john.pk, show_game_ids=False)
        assert read(theirs)["game_passports"]
        assert StaffLook.objects.get().parts == ["game_ids"]

    def test_a_session_is_a_viewer_too(self, client: Client, john: User) -> None:
        update(user_id=john.pk, show_country=False)
        client.force_login(john)
        assert read(client)["country"] == "BD"
        assert client.get(HERE).headers["Vary"] == "Authorization, Cookie"

    def test_the_way_to_write_is_relative(self, client: Client, john: User) -> None:
        friend = create_user()
        assert read(client_of(friend))["privacy"]["can_send_message"]
        follows.block(user_id=friend.pk, blocked_id=john.pk)
        assert not read(client_of(friend))["privacy"]["can_send_message"]


def test_a_former_username_leads_to_the_player(client: Client, john: User) -> None:
    usernames.rename(user_id=john.pk, username="johnny")
    for root in ("/api/", "/api/v1/"):
        answer = client.get(f"{root}profiles/@JohnDoe/", follow=True)
        assert answer.redirect_chain == [("../@johnny/", 302)]
        assert answer.request["PATH_INFO"] == f"{root}profiles/@johnny/"
        assert answer.json()["username"] == "johnny"
    foe = create_user()
    follows.block(user_id=john.pk, blocked_id=foe.pk)
    assert_problem(client_of(foe).get(HERE), 404, "not-found")
