"""The life of a tournament: slugs, statuses, places, one event per player."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from apps.events import occurring_at
from apps.events.models import EventLog
from apps.events.testing import emitted
from apps.tournaments.formats.results import Stage
from apps.tournaments.models import Status, Tournament, WrongStatus
from apps.tournaments.services import tournaments

from .conftest import CALL_OF_DUTY, NOON

pytestmark = pytest.mark.django_db


def test_names_may_repeat_but_addresses_do_not():
    slugs = [tournaments.create(name=name, game_id=CALL_OF_DUTY).slug for name in ["A Cup", "A  cup", "杯"]]
    assert slugs == ["a-cup", "a-cup-2", "tournament"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "x" * 121}),
        ("game", {"game_id": 10**9}),
        ("__all__", {"starts_at": NOON, "ends_at": NOON - timedelta(days=1)}),
    ],
)
def test_what_cannot_be_a_tournament_is_refused(field, wrong):
    with pytest.raises(ValidationError) as refusal:
        tournaments.create(**{"name": "Cup", "game_id": CALL_OF_DUTY, **wrong})
    assert list(refusal.value.message_dict) == [field]
    assert not Tournament.objects.exists()


def test_an_external_id_is_known_once():
    tournaments.create(name="Cup", game_id=CALL_OF_DUTY, external_id="cup-1")
    with pytest.raises(ValidationError):
        tournaments.create(name="Cup", game_id=CALL_OF_DUTY, external_id="cup-1")


def test_statuses_follow_each_other_and_never_go_back(cup):
    with emitted() as events:
        with pytest.raises(WrongStatus):
            tournaments.complete(tournament_id=cup.pk)
        tournaments.start(tournament_id=cup.pk)
        with pytest.raises(WrongStatus):
            tournaments.start(tournament_id=cup.pk)
        tournaments.complete(tournament_id=cup.pk)
        for step in (tournaments.start, tournaments.complete):
            with pytest.raises(WrongStatus):
                step(tournament_id=cup.pk)
    assert events == [("tournament_started", {"tournament_id": cup.pk})]
    cup.refresh_from_db()
    assert cup.status == Status.COMPLETED
    assert cup.ends_at >= cup.starts_at


def test_completion_places_in_order_and_tells_each_player_once(make_field):
    field = make_field("Ann", "Bea", "Cat", "Dan", size=2)
    for number, (winner, loser) in enumerate([("Ann", "Bea"), ("Cat", "Dan")]):
        field.play(winner, loser, stage=Stage.UPPER, round=1, number=number)
    field.play("Ann", "Cat", stage=Stage.UPPER, round=2)
    with emitted() as events:
        tournaments.complete(tournament_id=field.tournament.pk)
    places = {"Ann": 1, "Cat": 2, "Bea": 3, "Dan": 3}
    in_order = sorted((user, places[name]) for name, users in field.players.items() for user in users)
    told = {"tournament_id": field.tournament.pk}
    assert events == [
        *(
            ("tournament_placement", {"user_id": user, **told, "placement": place})
            for user, place in in_order
        ),
        *(("tournament_completed", {"user_id": user, **told}) for user, _ in in_order),
    ]
    entries = field.tournament.entries.values_list("name", "placement_from", "placement_to")
    assert sorted(entries) == [("Ann", 1, 1), ("Bea", 3, 4), ("Cat", 2, 2), ("Dan", 3, 4)]


def test_who_played_outside_of_every_stage_has_no_place(make_field):
    field = make_field("Ann", "Bea")
    field.play("Ann", "Bea")
    with emitted() as events:
        tournaments.complete(tournament_id=field.tournament.pk)
    assert [event.event_type for event in events] == ["tournament_completed"] * 2
    assert set(field.tournament.entries.values_list("placement_from", flat=True)) == {None}


def test_imported_history_keeps_its_own_time(make_field):
    long_ago = NOON - timedelta(days=3000)
    field = make_field("Ann", "Bea")
    with occurring_at(long_ago):
        field.play("Ann", "Bea", played_at=long_ago)
        tournaments.complete(tournament_id=field.tournament.pk)
    dated = EventLog.objects.filter(event_type__in=["match_won", "tournament_completed"])
    assert set(dated.values_list("occurred_at", flat=True)) == {long_ago}
