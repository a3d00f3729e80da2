"""Registration: passports, rosters, one event per player, and refusals that move nothing."""

import pytest
from django.core.exceptions import ValidationError

from apps.events.testing import emitted
from apps.teams.services import roster
from apps.tournaments.models import TournamentEntry, TournamentParticipant, WrongStatus
from apps.tournaments.services import registration, tournaments
from apps.user_profile.services import passports

from .conftest import CALL_OF_DUTY

pytestmark = pytest.mark.django_db


def refused(error, call, **arguments):
    """Assert that a call is refused, moves nothing and says nothing; return the refusal."""
    before = [
        list(model.objects.order_by("pk").values()) for model in (TournamentEntry, TournamentParticipant)
    ]
    with emitted() as events, pytest.raises(error) as refusal:
        call(**arguments)
    assert events == []
    after = [
        list(model.objects.order_by("pk").values()) for model in (TournamentEntry, TournamentParticipant)
    ]
    assert after == before
    return refusal.value


def test_a_team_registers_with_the_names_and_ranks_of_the_day(cup, make_team, make_player):
    team_id, players = make_team("Splyce", 2)
    passports.update(user_id=players[0], game_id=CALL_OF_DUTY, current_rank="Elite")
    with emitted() as events:
        entry = registration.register_team(tournament_id=cup.pk, team_id=team_id, player_ids=players)
    assert (entry.name, entry.team_id, entry.user_id) == ("Splyce", team_id, None)
    assert events == [
        ("tournament_registered", {"user_id": user_id, "tournament_id": cup.pk, "game_id": CALL_OF_DUTY})
        for user_id in sorted(players)
    ]
    passports.update(user_id=players[0], game_id=CALL_OF_DUTY, ign="SPLYCE0-in-game", current_rank="Master")
    roster.rename(team_id=team_id, name="Splyce Gaming")
    rows = TournamentParticipant.objects.filter(entry=entry).order_by("user_id")
    assert list(rows.values_list("user_id", "game_ign", "game_rank")) == [
        (players[0], "Splyce0-in-game", "Elite"),
        (players[1], "Splyce1-in-game", ""),
    ]
    entry.refresh_from_db()
    assert entry.name == "Splyce"


def test_without_a_passport_nobody_of_the_team_is_registered(cup, make_team, make_player):
    team_id, players = make_team("Splyce", 1)
    stranger = make_player("Newcomer", passport=False)
    roster.join(team_id=team_id, user_id=stranger)
    refusal = refused(
        registration.PassportRequired,
        registration.register_team,
        tournament_id=cup.pk,
        team_id=team_id,
        player_ids=[*players, stranger],
    )
    assert refusal.messages == ["Please add game passport first: Call of Duty"]
    assert refusal.user_ids == [stranger]


def test_only_players_of_the_roster_are_registered(cup, make_team, make_player):
    team_id, players = make_team("Splyce", 1)
    stranger = make_player("Stranger")
    refusal = refused(
        registration.NotOnRoster,
        registration.register_team,
        tournament_id=cup.pk,
        team_id=team_id,
        player_ids=[*players, stranger],
    )
    assert refusal.user_ids == [stranger]


def test_a_team_registers_once(cup, make_team):
    team_id, players = make_team("Splyce")
    arguments = {"tournament_id": cup.pk, "team_id": team_id, "player_ids": players}
    registration.register_team(**arguments)
    refused(registration.AlreadyRegistered, registration.register_team, **arguments)


def test_a_player_registers_with_one_team(cup, make_team):
    first, players = make_team("Splyce", 1)
    second, _ = make_team("Unilad", 1)
    registration.register_team(tournament_id=cup.pk, team_id=first, player_ids=players)
    roster.leave(team_id=first, user_id=players[0])
    roster.join(team_id=second, user_id=players[0])
    refused(
        registration.AlreadyRegistered,
        registration.register_team,
        tournament_id=cup.pk,
        team_id=second,
        player_ids=players,
    )


def test_registration_closes_with_the_start(cup, make_team):
    team_id, players = make_team("Splyce")
    tournaments.start(tournament_id=cup.pk)
    refused(
        WrongStatus,
        registration.register_team,
        tournament_id=cup.pk,
        team_id=team_id,
        player_ids=players,
    )


def test_new_players_join_an_entered_team_while_it_plays(make_field, make_player):
    field = make_field("Splyce", "Unilad")
    team_id = field.teams["Splyce"]
    substitute = make_player("Substitute")
    roster.join(team_id=team_id, user_id=substitute)
    arguments = {
        "tournament_id": field.tournament.pk,
        "team_id": team_id,
        "player_ids": [substitute, *field.players["Splyce"]],
    }
    with emitted() as events:
        registration.add_players(**arguments)
        registration.add_players(**arguments)
    assert events == [
        (
            "tournament_registered",
            {"user_id": substitute, "tournament_id": field.tournament.pk, "game_id": CALL_OF_DUTY},
        )
    ]


def test_a_player_who_changes_teams_is_not_registered_again(make_field):
    field = make_field("Splyce", "Unilad")
    [mover] = field.players["Splyce"]
    roster.leave(team_id=field.teams["Splyce"], user_id=mover)
    roster.join(team_id=field.teams["Unilad"], user_id=mover)
    with emitted() as events:
        registration.add_players(
            tournament_id=field.tournament.pk, team_id=field.teams["Unilad"], player_ids=[mover]
        )
    assert events == []
    seat = TournamentParticipant.objects.get(tournament=field.tournament, user_id=mover)
    assert seat.entry.team_id == field.teams["Unilad"]


def test_nobody_is_added_to_a_completed_tournament(make_field, make_player):
    field = make_field("Splyce", "Unilad")
    tournaments.complete(tournament_id=field.tournament.pk)
    refused(
        WrongStatus,
        registration.add_players,
        tournament_id=field.tournament.pk,
        team_id=field.teams["Splyce"],
        player_ids=[make_player("Late")],
    )


def test_a_player_enters_alone(cup, make_player):
    user_id = make_player("Scump")
    with emitted() as events:
        entry = registration.register_player(tournament_id=cup.pk, user_id=user_id)
    assert (entry.name, entry.team_id, entry.user_id) == ("Scump", None, user_id)
    assert [event.event_type for event in events] == ["tournament_registered"]
    refused(
        registration.AlreadyRegistered,
        registration.register_player,
        tournament_id=cup.pk,
        user_id=user_id,
    )


def test_a_player_alone_needs_a_passport(cup, make_player):
    user_id = make_player("Scump", passport=False)
    refusal = refused(ValidationError, registration.register_player, tournament_id=cup.pk, user_id=user_id)
    assert refusal.messages == ["Please add game passport first: Call of Duty"]
