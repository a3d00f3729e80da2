"""Discord: everything that leaves is accepted by a stand-in that enforces the documented limits."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.games.models import Game
from apps.gamification.signals import level_up
from apps.teams.services import roster
from apps.teams.testing import create_team
from apps.teams.tests import story as team_story
from apps.tournaments.formats.results import Stage
from apps.tournaments.services import corrections, matches, registration, tournaments
from apps.tournaments.services.matches import Line, Side, Slot
from apps.tournaments.tests import story as cup_story
from apps.user_profile.models import User
from apps.user_profile.services import passports
from apps.user_profile.services.achievement_service import AchievementService
from apps.user_profile.services.privacy import update
from apps.user_profile.testing import create_user
from apps.user_profile.tests import story as player_story
from apps.webhooks import offers
from apps.webhooks.messages.composer import Embed, cut, length, payload, plain
from apps.webhooks.models import Delivery, Endpoint, Outcome, Owner, State
from apps.webhooks.services import deliveries, endpoints
from apps.webhooks.services.results import PACE
from apps.webhooks.testing import Receiver, create_endpoint, receiving, work_off
from apps.webhooks.tests.discord import CHANNEL, Discord, refusal
from tests.story import Cast

pytestmark = pytest.mark.django_db

NASTY = [
    "@everyone",
    "<@&1>",
    "<@123>",
    "[x](https://evil.example)",
    "`` ` ``",
    "\\",
    "# big",
    "\u202eabc",
    "a_b*c~",
]


@pytest.fixture
def discord() -> Iterator[Discord]:
    with receiving(Discord()) as one:
        assert isinstance(one, Discord)
        yield one


@pytest.fixture
def ada() -> User:
    return create_user("host", display_name="Host")


def channel(discord: Receiver, user: User, *types: str, **options: Any) -> Endpoint:
    """Make an endpoint of the stand-in's channel that hears everything."""
    options = {"owner": Owner.PLATFORM} | options
    return create_endpoint(
        discord.url + CHANNEL, *types, created_by_id=user.pk, kind="DISCORD", **options
    )[0]  # fmt: skip


def titles(discord: Discord) -> list[str]:
    return [message["embeds"][0]["title"] for message in discord.messages.values()]


TEXTS = st.one_of(
    st.text(max_size=60), st.text("🏆@<\\_ x", min_size=200, max_size=7_000), st.sampled_from(NASTY)
)


@given(
    embeds=st.lists(
        st.builds(
            Embed, title=TEXTS, description=TEXTS, footer=TEXTS,
            fields=st.lists(st.tuples(TEXTS, TEXTS), max_size=30),
        ),
        max_size=12,
    ),
    content=TEXTS,
    everyone=st.booleans(),
)  # fmt: skip
@settings(max_examples=20, deadline=None)
def test_whatever_is_composed_fits(embeds: list[Embed], content: str, everyone: bool) -> None:
    marked = [Embed(plain(each.title) or "x", plain(each.description), fields=each.fields, footer=each.footer)
              for each in embeds]  # fmt: skip
    told = payload(marked or [Embed("x")], content=content, everyone=everyone)
    assert refusal(json.loads(json.dumps(told))) is None
    assert told["allowed_mentions"] == {"parse": ["everyone"] if everyone else []}


def test_the_stand_in_refuses_what_is_too_long() -> None:
    """The guard itself: each limit, passed by one."""
    good: dict[str, Any] = {"content": "", "embeds": [{"title": "x"}], "allowed_mentions": {"parse": []}}
    assert refusal(good) is None
    wrong: list[dict[str, Any]] = [
        {"content": "x" * 2001},
        {"embeds": [{"title": "x"}] * 11},
        {"embeds": [{"title": "x" * 257}]},
        {"embeds": [{"title": "x", "description": "x" * 4097}]},
        {"embeds": [{"title": "x", "footer": {"text": "x" * 2049}}]},
        {"embeds": [{"title": "x", "fields": [{"name": "n", "value": "v"}] * 26}]},
        {"embeds": [{"title": "x", "fields": [{"name": "", "value": "v"}]}]},
        {"embeds": [{"title": "x", "fields": [{"name": "n", "value": "x" * 1025}]}]},
        {"embeds": [{"title": "x", "description": "x" * 3000}] * 3},
        {"embeds": [], "content": "  "},
        {"username": "Clyde"},
        {"allowed_mentions": None},
    ]
    assert [change for change in wrong if refusal(good | change) is None] == []


CUTS = [
    ("abc", 3, "abc"),
    ("abcd", 3, "ab…"),
    ("🏆🏆🏆", 4, "🏆…"),
    ("a\\*bcd", 3, "a…"),
    ("  a  ", 5, "a"),
    ("ab", 0, ""),
]


@pytest.mark.parametrize(("text", "most", "kept"), CUTS)
def test_cutting(text: str, most: int, kept: str) -> None:
    assert cut(text, most) == kept
    assert length(kept) <= max(most, 1)


@pytest.mark.parametrize("name", sorted(offers.FOR_DISCORD))
def test_a_test_of_every_event_is_accepted(discord: Discord, ada: User, name: str) -> None:
    endpoint = channel(discord, ada, name)
    deliveries.send_test(endpoint, name)
    work_off()
    assert Delivery.objects.get().outcome == Outcome.DELIVERED
    assert titles(discord)[0].startswith("Test: ")


@pytest.mark.parametrize("nasty", NASTY)
def test_a_name_calls_nobody(discord: Discord, ada: User, nasty: str) -> None:
    named = f"x {nasty}"
    player = create_user(display_name=named.replace("\u202e", ""))
    channel(discord, ada, "level_up", mentions_everyone=True)
    level_up.send(None, user_id=player.pk, level=2)
    work_off()
    [message] = discord.messages.values()
    assert message["allowed_mentions"] == {"parse": []}
    assert message["content"] == ""
    assert "@everyone" not in message["embeds"][0]["title"].replace("\\@", "")


@pytest.mark.parametrize(
    ("code", "wanted", "pings"),
    [("LEGEND", True, True), ("LEGEND", False, False), ("FIRST_MATCH_WIN", True, False)],
)
def test_everybody_is_called_where_the_owner_wants_it(
    discord: Discord, ada: User, code: str, wanted: bool, pings: bool
) -> None:
    channel(discord, ada, "achievement_unlocked", mentions_everyone=wanted)
    AchievementService.unlock(ada.pk, code)
    work_off()
    [message] = discord.messages.values()
    assert message["allowed_mentions"] == {"parse": ["everyone"] if pings else []}
    assert message["content"] == ("@everyone" if pings else "")


def test_a_match_is_one_message_that_is_edited(discord: Discord, ada: User) -> None:
    """Ten events for each match of a cup: one message a match, edited when the result is corrected."""
    cast = Cast()
    player_story.tell(cast)
    team_story.tell(cast)
    channel(discord, ada, *offers.FOR_DISCORD)
    cup_story.tell(cast)
    work_off()
    records = Delivery.objects.exclude(event_type__in=offers.PERSONAL)
    assert set(records.values_list("outcome", flat=True)) == {Outcome.DELIVERED}
    told = titles(discord)
    matches = [title for title in told if " : " in title]
    spoken_of = ("tournament_match_completed", "tournament_dispute_opened")
    played = Delivery.objects.filter(event_type__in=spoken_of)
    assert len(matches) == played.values("about").distinct().count() > 3
    assert len([title for title in told if title.startswith("Story Cup: final places")]) == 1
    assert discord.edits == 1, "all but the decided dispute was said as it stood when it left"
    match = Delivery.objects.filter(event_type="tournament_match_completed").earliest("id")
    corrections.correct(match_id=int(match.about.partition(":")[2]), score_a=0, score_b=3, reason="again")
    work_off()
    assert len(titles(discord)) == len(told)
    assert discord.edits >= 2
    assert any(" 0 : 3 " in title for title in titles(discord))


def test_a_tournament_that_begins_is_said_once(discord: Discord, ada: User) -> None:
    channel(discord, ada, "tournament_started")
    cup = tournaments.create(name="Cup *of* @everyone", game_id=1)
    passports.add(user_id=ada.pk, game_id=cup.game_id, ign="ada-in-game")
    registration.register_player(tournament_id=cup.pk, user_id=ada.pk)
    tournaments.start(tournament_id=cup.pk)
    work_off()
    [message] = discord.messages.values()
    assert message["embeds"][0]["title"] == r"Cup \*of\* \@everyone has begun"
    assert message["embeds"][0]["fields"][0]["value"] == "1"
    assert message["allowed_mentions"] == {"parse": []}


def test_a_message_that_somebody_deleted_is_said_anew(discord: Discord, ada: User) -> None:
    tournament, _match = one_match(discord, ada)
    discord.messages.clear()
    corrections.correct(match_id=_match, score_a=0, score_b=3, reason="wrong")
    work_off()
    assert len(discord.messages) == 1
    assert Endpoint.objects.get().state == State.ACTIVE
    assert tournament


def one_match(discord: Discord, ada: User) -> tuple[int, int]:
    """Play a match of two players while a channel listens; return the tournament and the match."""
    channel(discord, ada, "tournament_match_completed", "tournament_match_retracted")
    cup = tournaments.create(name="Cup", game_id=Game.objects.earliest("pk").pk)
    players = [create_user(), create_user()]
    for player in players:
        passports.add(user_id=player.pk, game_id=cup.game_id, ign=f"{player.username}-in-game")
    teams = [create_team(), create_team()]
    for team, player in zip(teams, players, strict=True):
        roster.join(team_id=team.pk, user_id=player.pk)
        registration.register_team(tournament_id=cup.pk, team_id=team.pk, player_ids=[player.pk])
    tournaments.start(tournament_id=cup.pk)
    lines = [Line(player.pk, team.pk, 1, 1, 1) for team, player in zip(teams, players, strict=True)]
    match = matches.record(
        tournament_id=cup.pk, a=Side(teams[0].pk, 3), b=Side(teams[1].pk, 1), played_at=timezone.now(),
        players=lines, slot=Slot(Stage.LEAGUE, round=1, number=1), external_id="one",
    )  # fmt: skip
    work_off()
    assert len(discord.messages) == 1
    return cup.pk, match.pk


def test_who_hides_it_is_not_told_of(discord: Discord, ada: User) -> None:
    channel(discord, ada, "level_up")
    level_up.send(None, user_id=ada.pk, level=2)
    update(user_id=ada.pk, show_level_xp=False)
    work_off()
    assert discord.messages == {}
    assert Delivery.objects.get().outcome == Outcome.WITHHELD


def test_a_busy_channel_is_waited_for(discord: Discord, ada: User) -> None:
    """A 429 costs no attempt and breaks nothing: it says how long, to the fraction of a second."""
    endpoint = channel(discord, ada, "level_up")
    discord.answers = [(429, {}, json.dumps({"retry_after": 64.57, "global": False}))]
    level_up.send(None, user_id=ada.pk, level=2)
    work_off(pace=PACE)
    endpoint.refresh_from_db()
    delivery = Delivery.objects.get()
    assert (delivery.attempts, delivery.tries.count(), endpoint.failures) == (0, 1, 0)
    assert endpoint.blocked_until is not None
    assert 55 < (endpoint.blocked_until - timezone.now()).total_seconds() <= 64.57
    assert delivery.due_at == endpoint.blocked_until


def test_pacing_by_the_headers(discord: Discord, ada: User) -> None:
    """The bucket is empty after this message: the next one waits, although nothing was refused."""
    endpoint = channel(discord, ada, "level_up")
    discord.bucket = 1
    for level in (2, 3):
        level_up.send(None, user_id=ada.pk, level=level)
    work_off(pace=PACE)
    endpoint.refresh_from_db()
    assert endpoint.blocked_until is not None
    assert (len(discord.messages), discord.refused) == (1, 0)
    discord.bucket = 5
    Endpoint.objects.update(blocked_until=None)
    work_off(pace=PACE)
    assert (len(discord.messages), discord.refused) == (2, 0)


@pytest.mark.parametrize("status", [404, 401, 403, 410])
def test_a_webhook_that_was_deleted_disables(discord: Discord, ada: User, status: int) -> None:
    endpoint = channel(discord, ada, "level_up")
    discord.answers = [(status, {}, json.dumps({"code": 10015, "message": "Unknown Webhook"}))]
    level_up.send(None, user_id=ada.pk, level=2)
    work_off()
    endpoint.refresh_from_db()
    assert endpoint.state == State.DISABLED
    assert Delivery.objects.get().outcome == Outcome.WAITING


def test_old_news_is_none(discord: Discord, ada: User) -> None:
    channel(discord, ada, "level_up")
    level_up.send(None, user_id=ada.pk, level=2, occurred_at=timezone.now() - timedelta(days=8))
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "https://discord.com.evil.example/api/webhooks/1/a",
        "https://discord.com/api/webhooks/1/a?wait=false&x=1",
        "https://discord.com/api/users/1",
        "https://discord.com/api/webhooks/1/a/slack",
        "https://discord.com/api/webhooks/1/../../x",
        "https://evil.example/api/webhooks/1/a",
    ],
)
def test_what_is_no_channel(ada: User, url: str) -> None:
    with pytest.raises(ValidationError, match="looks like"):
        endpoints.checked_url("DISCORD", url)


def test_a_thread_of_a_channel(discord: Discord, ada: User) -> None:
    create_endpoint(f"{discord.url}{CHANNEL}?thread_id=77", "level_up", created_by_id=ada.pk, kind="DISCORD")
    level_up.send(None, user_id=ada.pk, level=2)
    work_off()
    assert discord.received[0].path == f"{CHANNEL}?thread_id=77&wait=true"
