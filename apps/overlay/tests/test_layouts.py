"""What each layout shows: names of now, figures of then, and only what anybody may see."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.events.stream import Entry
from apps.live.hub import subjects_of
from apps.overlay import options
from apps.overlay.channels import channel_of
from apps.overlay.layouts import FOR_PLAYERS, FOR_TOURNAMENTS, LAYOUTS, Subject
from apps.overlay.testing import create_overlay, shown
from apps.teams.services import roster
from apps.tournaments.formats.results import Stage
from apps.tournaments.models import Match, MatchStatus, Tournament
from apps.tournaments.services import matches, registration, tournaments
from apps.tournaments.services.matches import Line, Side, Slot
from apps.tournaments.signals import tournament_match_started
from apps.user_profile.services import passports, profiles
from apps.user_profile.services.privacy import update
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db


class Cup:
    """A cup of two teams that is being played."""

    def __init__(self) -> None:
        self.players = [create_user(name) for name in ("Ada", "Bob")]
        self.teams = [roster.create_team(name=name) for name in ("Reds", "Blues")]
        self.tournament = tournaments.create(name="Crown Cup", game_id=1)
        for team, player in zip(self.teams, self.players, strict=True):
            roster.join(team_id=team.pk, user_id=player.pk)
            passports.add(user_id=player.pk, game_id=1, ign=f"ign-{player.pk}")
            registration.register_team(
                tournament_id=self.tournament.pk, team_id=team.pk, player_ids=[player.pk]
            )
        tournaments.start(tournament_id=self.tournament.pk)

    def play(self, score_a: int = 2, score_b: int = 1, number: int = 1) -> Match:
        """Let the Reds win, usually."""
        lines = zip(self.players, self.teams, strict=True)
        return matches.record(
            tournament_id=self.tournament.pk,
            a=Side(self.teams[0].pk, score_a),
            b=Side(self.teams[1].pk, score_b),
            played_at=timezone.now(),
            players=[Line(player.pk, team.pk, kills=1, deaths=1, assists=1) for player, team in lines],
            slot=Slot(Stage.LEAGUE, "", 1, number),
        )


@pytest.fixture
def cup() -> Cup:
    return Cup()


def test_a_player(cup: Cup) -> None:
    cup.play()
    ada = cup.players[0]
    overlay, _secret = create_overlay(owner_id=ada.pk)
    state = shown(overlay)
    assert state["user"]["display_name"] == ada.userprofile.display_name
    assert state["stats"] == {"tournaments_played": 1, "matches_won": 1, "level": state["stats"]["level"]}
    assert shown(overlay, fields="matches_won")["stats"] == {"matches_won": 1}
    assert "avatar_url" not in shown(overlay, fields="matches_won")["user"]
    profiles.update(user_id=ada.pk, display_name="Ada the Great")
    update(user_id=ada.pk, show_match_history=False)
    state = shown(overlay)
    assert state["user"]["display_name"] == "Ada the Great"
    assert "matches_won" not in state["stats"]
    # His own overlay, too, shows what anybody sees.
    update(user_id=ada.pk, is_private_account=True)
    assert shown(overlay)["stats"] == {}


def test_the_match_of_the_moment(cup: Cup) -> None:
    of_tournament, _secret = create_overlay(owner_id=cup.players[0].pk, tournament_id=cup.tournament.pk)
    of_player, _secret = create_overlay(owner_id=cup.players[1].pk)
    both = [(of_tournament, {}), (of_player, {"layout": "match"})]
    assert [shown(overlay, **query) for overlay, query in both] == [{"layout": "match", "idle": True}] * 2
    match = cup.play()
    for overlay, query in both:
        state = shown(overlay, **query)
        assert [(side["name"], side["score"], side["won"]) for side in state["sides"]] == [
            ("Reds", 2, True), ("Blues", 1, False),
        ]  # fmt: skip
        assert (state["state"], state["tournament"]) == ("PLAYED", "Crown Cup")
    roster.rename(team_id=cup.teams[0].pk, name="Crimsons")
    assert shown(of_tournament)["sides"][0]["name"] == "Crimsons"
    # One that is being played comes before a fresh result.
    live = Match.objects.create(
        tournament=cup.tournament, entry_a=match.entry_a, entry_b=match.entry_b, status=MatchStatus.LIVE
    )
    assert (shown(of_tournament)["id"], shown(of_tournament)["state"]) == (live.pk, "LIVE")
    live.delete()
    long_ago = timezone.now() - timedelta(hours=1)
    Match.objects.filter(pk=match.pk).update(recorded_at=long_ago, played_at=long_ago)
    assert shown(of_tournament)["idle"]


def test_that_a_match_begins_is_heard() -> None:
    """By whoever watches the tournament, or one of its players."""
    now, payload = timezone.now(), {"user_id": 7, "match_id": 1, "tournament_id": 3}
    name = tournament_match_started.name
    entry = Entry(1, uuid4(), name, 1, "user:7", 7, payload, now, now, None, uuid4(), None, 0)
    for subject in (Subject("player", 7), Subject("tournament", 3)):
        assert LAYOUTS["match"].hears(subject) & subjects_of(entry)


def test_facts_that_are_shown_late_bear_the_names_of_now(cup: Cup) -> None:
    """What waits holds ids and numbers: the score of then, the name and the privacy of now."""
    cup.play()
    overlay, _secret = create_overlay(owner_id=cup.players[0].pk, tournament_id=cup.tournament.pk)
    channel = channel_of(overlay, options.read({}, overlay))
    then = channel.facts()
    cup.play(score_a=0, score_b=2, number=2)
    roster.rename(team_id=cup.teams[0].pk, name="Crimsons")
    assert [(side["name"], side["score"]) for side in channel.show(then)["sides"]] == [
        ("Crimsons", 2), ("Blues", 1),
    ]  # fmt: skip
    assert channel.facts() != then


def test_a_ticker(cup: Cup) -> None:
    cup.play()
    ada, bob = cup.players
    of_player, _secret = create_overlay(owner_id=ada.pk)
    of_tournament, _secret = create_overlay(owner_id=ada.pk, tournament_id=cup.tournament.pk)
    items = shown(of_tournament, layout="ticker")["items"]
    assert {item["user"]["username"] for item in items} == {"Ada", "Bob"}
    assert {item["achievement"]["code"] for item in shown(of_player, layout="ticker")["items"]} >= {
        "TEAM_PLAYER"
    }
    update(user_id=ada.pk, show_teams=False)
    assert "TEAM_PLAYER" not in str(shown(of_player, layout="ticker"))
    update(user_id=ada.pk, show_achievements=False)
    assert shown(of_player, layout="ticker") == {"layout": "ticker", "idle": True}
    items = shown(of_tournament, layout="ticker")["items"]
    assert {item["user"]["username"] for item in items} == {bob.username}


def test_a_tournament(cup: Cup) -> None:
    cup.play()
    overlay, _secret = create_overlay(owner_id=cup.players[0].pk, tournament_id=cup.tournament.pk)
    state = shown(overlay, layout="tournament")
    assert state["progress"] == {"matches": 1, "decided": 1, "entrants": 2}
    assert [side["name"] for side in state["results"][0]["sides"]] == ["Reds", "Blues"]
    assert state["places"] == []
    tournaments.complete(tournament_id=cup.tournament.pk)
    assert [place["name"] for place in shown(overlay, layout="tournament")["places"]] == ["Reds", "Blues"]


def test_queries_do_not_grow(cup: Cup) -> None:
    overlay, _secret = create_overlay(owner_id=cup.players[0].pk, tournament_id=cup.tournament.pk)
    counts: dict[str, set[int]] = {layout: set() for layout in FOR_TOURNAMENTS}
    for number in (1, 2, 3):
        cup.play(number=number)
        for layout in FOR_TOURNAMENTS:
            with CaptureQueriesContext(connection) as queries:
                shown(overlay, layout=layout)
            counts[layout].add(len(queries))
    assert counts == {"match": {4}, "ticker": {4}, "tournament": {8}}


def test_every_layout_has_an_example(cup: Cup) -> None:
    assert {*FOR_PLAYERS, *FOR_TOURNAMENTS} == LAYOUTS.keys()
    for name, layout in LAYOUTS.items():
        example: dict[str, Any] = layout.example(layout.FIELDS)
        assert (example["layout"], example["idle"]) == (name, False)


def test_a_tournament_that_is_gone_has_no_facts() -> None:
    game_id = Tournament(game_id=1).game_id
    tournament = Tournament.objects.create(name="Never", slug="never", game_id=game_id)
    overlay, _secret = create_overlay(owner_id=create_user("Ada").pk, tournament_id=tournament.pk)
    channel = channel_of(overlay, options.read({"layout": "tournament"}, overlay))
    assert channel.show(channel.facts()) == {"layout": "tournament", "idle": True}
    Tournament.objects.filter(pk=tournament.pk).delete()
    assert channel.facts() is None
