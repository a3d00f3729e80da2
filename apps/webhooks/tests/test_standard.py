"""What a message says, and that the public library believes it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from apps.economy.signals import transaction_completed
from apps.events import Event
from apps.events.erasure import erase
from apps.gamification.signals import level_up
from apps.teams.models import Team, Visibility
from apps.teams.services import roster
from apps.teams.testing import create_team
from apps.user_profile.models import User, UserProfileStats
from apps.user_profile.services import follows, passports
from apps.user_profile.services.achievement_service import AchievementService
from apps.user_profile.services.privacy import update
from apps.user_profile.signals import stats_updated
from apps.user_profile.testing import create_user
from apps.webhooks import offers, samples
from apps.webhooks.limits import BODY_BYTES_MAX
from apps.webhooks.messages import standard
from apps.webhooks.models import Attempt, Delivery, Endpoint, Outcome, Owner
from apps.webhooks.services import deliveries, endpoints
from apps.webhooks.testing import Receiver, create_endpoint, receiving, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return create_user("ada", display_name="Ada")


def test_the_vector_of_the_specification() -> None:
    told = standard.headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        '{"test": 2432232314}',
    )
    assert told["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert (told["webhook-id"], told["webhook-timestamp"]) == ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330")


def test_a_message_as_it_arrives(receiver: Receiver, ada: User) -> None:
    _endpoint, secret = create_endpoint(receiver.url, "user_joined_team", created_by_id=ada.pk)
    team = create_team("Delta")
    roster.join(team_id=team.pk, user_id=ada.pk)
    assert work_off() == 1
    [received] = receiver.received
    delivery = Delivery.objects.get()
    assert received.headers["webhook-id"] == str(delivery.event_id)
    assert received.verified(secret) == {
        "type": "user_joined_team",
        "timestamp": standard.timestamp(delivery.occurred_at),
        "data": {
            "event": "user_joined_team",
            "user": {"username": "ada", "display_name": "Ada", "avatar_url": None},
            "team": {"name": "Delta", "slug": "delta"},
            "role": "PLAYER",
        },
    }
    assert (delivery.outcome, delivery.attempts) == (Outcome.DELIVERED, 1)
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.response_body, attempt.request_body) == (200, "ok", received.body)
    assert attempt.request_headers["webhook-id"] == str(delivery.event_id)


def test_forged_old_and_replayed_signatures_are_noticed(receiver: Receiver, ada: User) -> None:
    endpoint, secret = create_endpoint(receiver.url, "level_up", created_by_id=ada.pk)
    deliveries.send_test(endpoint, "level_up")
    work_off()
    [received] = receiver.received
    stale = str(int((timezone.now() - timedelta(minutes=6)).timestamp()))
    for change in ({"webhook-id": "other"}, {"webhook-timestamp": stale}, {"webhook-signature": "v1,AAAA"}):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(received.body, received.headers | change)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(received.body.replace("5", "6"), received.headers)


def test_a_secret_is_changed_without_a_gap(receiver: Receiver, ada: User) -> None:
    endpoint, old = create_endpoint(receiver.url, "level_up", created_by_id=ada.pk)
    new = endpoints.rotate(endpoint.pk)
    assert new != old
    deliveries.send_test(endpoint, "level_up")
    work_off()
    for secret in (old, new):
        assert receiver.received[-1].verified(secret)["test"] is True
    Endpoint.objects.update(old_secret_until=timezone.now())
    deliveries.send_test(endpoint, "level_up")
    work_off()
    assert receiver.received[-1].verified(new)
    with pytest.raises(WebhookVerificationError):
        receiver.received[-1].verified(old)


def test_nothing_secret_is_stored_readable_or_shown(ada: User) -> None:
    endpoint, secret = create_endpoint(
        "https://hooks.example.org/services/T00/B00/cafebabe?token=x", "level_up", created_by_id=ada.pk
    )
    row = Endpoint.objects.values().get()
    assert "cafebabe" not in str(row)
    assert secret not in str(row)
    assert endpoint.shown_url == "https://hooks.example.org/services/•••"
    assert (endpoint.url[-16:], endpoint.secrets()) == ("cafebabe?token=x", [secret])
    assert "cafebabe" not in repr(endpoint)


def test_an_achievement_is_told_as_the_roadmap_has_it(receiver: Receiver, ada: User) -> None:
    create_endpoint(receiver.url, "achievement_unlocked", created_by_id=ada.pk)
    AchievementService.unlock(ada.pk, "FIRST_TOURNAMENT_WIN")
    work_off()
    assert receiver.received[0].json()["data"] == {
        "event": "achievement_unlocked",
        "user": {"username": "ada", "display_name": "Ada", "avatar_url": None},
        "achievement": {
            "code": "FIRST_TOURNAMENT_WIN",
            "title": "Tournament Champion",
            "description": "Won first tournament",
        },
        "timestamp": standard.timestamp(Delivery.objects.get().occurred_at),
    }


def test_figures_are_told_as_the_roadmap_has_it(receiver: Receiver, ada: User) -> None:
    """Those of the moment it leaves, and of them what the player shows."""
    staff = create_user("boss")
    create_endpoint(f"{receiver.url}/all", "stats_updated", created_by_id=staff.pk, owner=Owner.PLATFORM)
    create_endpoint(f"{receiver.url}/own", "stats_updated", created_by_id=ada.pk)
    passports.add(user_id=ada.pk, game_id=1, ign="ada-in-game", current_rank="Immortal 3")
    stats_updated.send(None, user_id=ada.pk)
    UserProfileStats.objects.filter(user=ada).update(tournaments_played=16, matches_won=45)
    update(user_id=ada.pk, show_game_ids=False, show_tournaments=False)
    work_off()
    told = {each.path: each.json()["data"] for each in receiver.received}
    user = {"username": "ada", "display_name": "Ada"}
    figures = {"tournaments_played": 16, "matches_won": 45, "current_rank": "Immortal 3"}
    assert told["/own"] == {"event": "stats_updated", "user": user, "stats": figures}
    hidden = figures | {"tournaments_played": None, "current_rank": None}
    assert told["/all"] == {"event": "stats_updated", "user": user, "stats": hidden}


@pytest.mark.parametrize("name", offers.OFFERED)
def test_every_event_has_an_example_that_fits(name: str, ada: User) -> None:
    owner = Owner.USER if offers.is_for(Owner.USER, offers.OFFERED[name]) else Owner.PLATFORM
    with receiving() as receiver:
        endpoint, secret = create_endpoint(receiver.url, name, created_by_id=ada.pk, owner=owner)
        deliveries.send_test(endpoint, name)
        work_off()
    [received] = receiver.received
    told = received.verified(secret)
    assert (told["type"], told["data"]["event"], told["test"]) == (name, name, True)
    assert not [key for key in told["data"] if key.removesuffix("_id") in ("user", "team", "tournament")
                and key.endswith("_id")]  # fmt: skip
    assert len(received.body.encode()) < BODY_BYTES_MAX
    assert offers.OFFERED[name].decode(samples.payload(offers.OFFERED[name]))


def test_privacy_is_that_of_the_moment_it_leaves(receiver: Receiver, ada: User) -> None:
    """Hidden after it happened, before it left: nothing leaves. The player's own endpoint hears it all."""
    staff = create_user("boss")
    platform, _ = create_endpoint(receiver.url, "level_up", created_by_id=staff.pk, owner=Owner.PLATFORM)
    create_endpoint(f"{receiver.url}/own", "level_up", created_by_id=ada.pk)
    level_up.send(None, user_id=ada.pk, level=2)
    update(user_id=ada.pk, show_level_xp=False)
    level_up.send(None, user_id=ada.pk, level=3)
    assert Delivery.objects.count() == 4
    work_off()
    assert {each.path for each in receiver.received} == {"/own"}
    assert len(receiver.received) == 2
    outcomes = platform.deliveries.values_list("outcome", "note", "attempts")
    assert set(outcomes) == {(Outcome.WITHHELD, "Somebody in it does not show this.", 0)}


def test_who_is_named_in_passing_has_to_show_his_name(receiver: Receiver, ada: User) -> None:
    bela, carl = create_user("bela"), create_user("carl")
    create_endpoint(receiver.url, "user_followed", created_by_id=ada.pk)
    follows.follow(follower_id=ada.pk, followed_id=bela.pk)
    follows.follow(follower_id=ada.pk, followed_id=carl.pk)
    follows.block(user_id=carl.pk, blocked_id=ada.pk)
    work_off()
    assert [each.json()["data"]["followed"]["username"] for each in receiver.received] == ["bela"]


def test_money_is_told_to_nobody_but_its_owner(receiver: Receiver, ada: User) -> None:
    staff = create_user("boss")
    of_all = {"created_by_id": staff.pk, "owner": Owner.PLATFORM}
    with pytest.raises(ValidationError, match="cannot be told of transaction_completed"):
        create_endpoint(f"{receiver.url}/all", "transaction_completed", **of_all)
    # One that somebody made before that was refused.
    old, _ = create_endpoint(f"{receiver.url}/all", "level_up", **of_all)
    Endpoint.objects.filter(pk=old.pk).update(types=["transaction_completed"])
    create_endpoint(f"{receiver.url}/own", "transaction_completed", created_by_id=ada.pk)
    transaction_completed.send(None, user_id=ada.pk, type="PRIZE", amount=5, description="Prize")
    work_off()
    assert [each.path for each in receiver.received] == ["/own"]


def test_a_team_hears_of_itself_and_if_it_wants_of_its_players(receiver: Receiver, ada: User) -> None:
    team, other = create_team(), create_team()
    roster.join(team_id=team.pk, user_id=ada.pk)
    types = ("level_up", "user_joined_team")
    for members in (False, True):
        create_endpoint(
            f"{receiver.url}/{int(members)}", *types, created_by_id=ada.pk, owner=Owner.TEAM,
            team_id=team.pk, with_members=members,
        )  # fmt: skip
    bela = create_user("bela")
    roster.join(team_id=team.pk, user_id=bela.pk)
    roster.join(team_id=other.pk, user_id=create_user("carl").pk)
    level_up.send(None, user_id=ada.pk, level=2)
    work_off()
    told = sorted((each.path, each.json()["type"]) for each in receiver.received)
    assert told == [("/0", "user_joined_team"), ("/1", "level_up"), ("/1", "user_joined_team")]


def test_a_private_team_is_named_to_its_own_only(receiver: Receiver, ada: User) -> None:
    team = create_team()
    Team.objects.filter(pk=team.pk).update(visibility=Visibility.PRIVATE)
    owners: list[dict[str, Any]] = [
        {"owner": Owner.PLATFORM}, {"owner": Owner.TEAM, "team_id": team.pk}, {"owner": Owner.USER}
    ]  # fmt: skip
    for options in owners:
        url = f"{receiver.url}/{options['owner']}"
        create_endpoint(url, "user_joined_team", created_by_id=ada.pk, **options)
    roster.join(team_id=team.pk, user_id=ada.pk)
    work_off()
    assert sorted(each.path for each in receiver.received) == ["/TEAM", "/USER"]


def test_who_is_forgotten_leaves_nothing(receiver: Receiver, ada: User) -> None:
    staff = create_user("boss")
    create_endpoint(receiver.url, "level_up", created_by_id=staff.pk, owner=Owner.PLATFORM)
    create_endpoint(receiver.url, "level_up", created_by_id=ada.pk)
    level_up.send(None, user_id=ada.pk, level=2)
    work_off()
    assert "ada" in "".join(Attempt.objects.values_list("request_body", flat=True))
    erase(ada.pk, by="test")
    assert set(Attempt.objects.values_list("request_body", "response_body")) == {("", "")}
    assert list(Endpoint.objects.values_list("owner", flat=True)) == [Owner.PLATFORM]


def test_a_second_run_of_the_subscriber_changes_nothing(ada: User) -> None:
    heard: list[Event] = []
    create_endpoint("https://example.org/hook", "level_up", created_by_id=ada.pk)
    level_up.connect(lambda sender, event, **_: heard.append(event), dispatch_uid="test")
    try:
        level_up.send(None, user_id=ada.pk, level=2)
    finally:
        level_up.disconnect(dispatch_uid="test")
    before = list(Delivery.objects.values())
    deliveries.enqueue(heard)
    assert len(before) == 1
    assert list(Delivery.objects.values()) == before
