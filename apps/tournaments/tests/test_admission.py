"""Places, the waiting list, approval and conditions: who gets in, who hears of it, and exactly once."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client

from apps.api.testing import assert_problem, client_of
from apps.events.testing import deliver_all, emitted
from apps.games.models import Game
from apps.notifications.models import Notification
from apps.teams.models import Team
from apps.teams.services import roster
from apps.tournaments import selectors
from apps.tournaments.models import (
    Registration,
    Tournament,
    TournamentAction,
    TournamentEntry,
    TournamentParticipant,
    WrongStatus,
    WrongTurn,
)
from apps.tournaments.selectors import eligibility
from apps.tournaments.services import admission, phases, registration, results, tournaments
from apps.user_profile.models import PassportHold, User
from apps.user_profile.services import follows, passports

from .conftest import CALL_OF_DUTY, NOON

QUERIES_MAX = 9

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ladder(db):
    """Let the game have a ladder and regions."""
    known = Game.objects.filter(pk=CALL_OF_DUTY)
    known.update(ranks=["Rookie", "Elite", "Master"], regions=["EU", "NA"])


def enter(tournament: Tournament, *user_ids: int) -> list[TournamentEntry]:
    return [registration.register_player(tournament_id=tournament.pk, user_id=pk) for pk in user_ids]


def statuses(tournament: Tournament) -> list[str]:
    return list(tournament.entries.order_by("pk").values_list("status", flat=True))


def configure(tournament: Tournament, **changes: Any) -> None:
    tournaments.configure(tournament_id=tournament.pk, changes=changes)


def news(user_id: int) -> list[str]:
    deliver_all()
    rows = Notification.objects.standing().filter(recipient_id=user_id, kind="tournament_entry")
    return [row.text for row in rows]


@pytest.fixture
def small(cup, make_player):
    """Return a cup of two places, with four who wanted in."""
    configure(cup, capacity=2)
    return cup, enter(cup, *(make_player(name) for name in ("Ann", "Bea", "Cat", "Dot")))


def test_the_first_in_line_has_the_place_that_becomes_free_and_hears_of_it_once(small):
    cup, (ann, _, cat, dot) = small
    assert statuses(cup) == ["CONFIRMED", "CONFIRMED", "WAITLISTED", "WAITLISTED"]
    with emitted() as events:
        results.leave(entry_id=ann.pk)
    assert [(one.event_type, one.payload["user_id"]) for one in events] == [
        ("tournament_withdrawn", ann.user_id),
        ("tournament_registered", cat.user_id),
        ("tournament_waitlist_promoted", cat.user_id),
    ]
    assert statuses(cup) == ["WITHDRAWN", "CONFIRMED", "CONFIRMED", "WAITLISTED"]
    assert news(cat.user_id) == ["A place became free and is yours: {tournament}."]
    assert news(dot.user_id) == []
    with pytest.raises(results.HasLeft):
        results.leave(entry_id=ann.pk)
    assert statuses(cup)[3] == "WAITLISTED"


def test_who_withdrew_is_free_and_may_come_again_at_the_end_of_the_line(small):
    cup, (ann, _, cat, dot) = small
    assert PassportHold.exists_for(ann.user_id, CALL_OF_DUTY)
    assert not PassportHold.exists_for(cat.user_id, CALL_OF_DUTY)
    results.leave(entry_id=ann.pk)
    assert not PassportHold.exists_for(ann.user_id, CALL_OF_DUTY)
    assert PassportHold.exists_for(cat.user_id, CALL_OF_DUTY)
    deliver_all()
    assert User.objects.get(pk=ann.user_id).stats.tournaments_played == 0
    passports.update(user_id=ann.user_id, game_id=CALL_OF_DUTY, ign="Anna")
    [again] = enter(cup, ann.user_id)
    assert (again.pk, again.status, again.left) == (ann.pk, "WAITLISTED", "")
    results.leave(entry_id=cat.pk)
    assert statuses(cup) == ["WAITLISTED", "CONFIRMED", "WITHDRAWN", "CONFIRMED"]
    results.leave(entry_id=dot.pk)
    seat = TournamentParticipant.objects.get(tournament=cup, user_id=ann.user_id)
    assert seat.game_ign == "Anna"


def test_only_who_is_confirmed_is_an_entrant(small):
    cup, (ann, bea, *_rest) = small
    assert [row.entry_id for row in selectors.standings(cup.pk)] == [ann.pk, bea.pk]
    assert selectors.entrant_counts([cup.pk]) == {cup.pk: 2}
    places = selectors.places_by_slug(cup.slug)
    assert (places.taken, places.waiting) == (2, 2)
    phase = phases.add(tournament_id=cup.pk, format="SINGLE_ELIMINATION")
    tournaments.start(tournament_id=cup.pk)
    assert statuses(cup) == ["CONFIRMED", "CONFIRMED", "REJECTED", "REJECTED"]
    assert cup.participants.count() == 2
    with pytest.raises(WrongTurn):
        results.leave(entry_id=small[1][3].pk)
    phases.start(phase_id=phase.pk)
    [match] = cup.matches.all()
    assert {match.entry_a_id, match.entry_b_id} == {ann.pk, bea.pk}


def test_more_places_are_given_at_once_and_who_is_in_stays(small):
    cup, _ = small
    configure(cup, capacity=3)
    assert statuses(cup) == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "WAITLISTED"]
    configure(cup, capacity=1)
    assert statuses(cup).count("CONFIRMED") == 3
    configure(cup, capacity=None)
    assert set(statuses(cup)) == {"CONFIRMED"}


def test_who_does_not_meet_the_conditions_any_more_loses_his_turn(small):
    cup, (ann, _, cat, dot) = small
    passports.update(user_id=dot.user_id, game_id=CALL_OF_DUTY, current_rank="Elite")
    configure(cup, rank_min="Elite")
    results.leave(entry_id=ann.pk)
    assert statuses(cup) == ["WITHDRAWN", "CONFIRMED", "REJECTED", "CONFIRMED"]
    cat.refresh_from_db()
    assert cat.reason.startswith("Only for ranks from Elite")
    assert news(cat.user_id) == ["Your registration was not admitted: {tournament}."]


def test_approval_admits_and_turns_down_with_a_reason(cup, make_player):
    organiser = make_player("Olga")
    Tournament.objects.filter(pk=cup.pk).update(organiser=organiser)
    configure(cup, approval=True, capacity=1)
    ann, bea, cat = enter(cup, *(make_player(name) for name in ("Ann", "Bea", "Cat")))
    assert statuses(cup) == ["PENDING"] * 3
    with emitted() as events:
        admission.approve(entry_id=ann.pk, by_id=organiser)
        admission.approve(entry_id=bea.pk, by_id=organiser)
    assert [one.event_type for one in events] == [
        "tournament_registered",
        "tournament_entry_answered",
        "tournament_entry_answered",
    ]
    assert statuses(cup) == ["CONFIRMED", "WAITLISTED", "PENDING"]
    with pytest.raises(WrongTurn):
        admission.approve(entry_id=ann.pk, by_id=organiser)
    with pytest.raises(ValidationError, match="Say why"):
        admission.reject(entry_id=cat.pk, reason=" ", by_id=organiser)
    admission.reject(entry_id=cat.pk, reason="Smurf.", by_id=organiser)
    with pytest.raises(registration.AlreadyRegistered, match="did not admit"):
        enter(cup, cat.user_id)
    with pytest.raises(WrongTurn):
        results.leave(entry_id=cat.pk)
    admission.readmit(entry_id=cat.pk, by_id=organiser)
    [again] = enter(cup, cat.user_id)
    assert again.status == "PENDING"
    admission.reject(entry_id=ann.pk, reason="Left the country.", by_id=organiser)
    assert statuses(cup) == ["REJECTED", "CONFIRMED", "PENDING"]
    log = TournamentAction.objects.order_by("pk").values_list("kind", "by", "entry", "reason")
    assert list(log) == [
        ("APPROVED", organiser, ann.pk, ""),
        ("APPROVED", organiser, bea.pk, ""),
        ("REJECTED", organiser, cat.pk, "Smurf."),
        ("READMITTED", organiser, cat.pk, ""),
        ("REJECTED", organiser, ann.pk, "Left the country."),
    ]
    for change in (
        TournamentAction.objects.all().delete,
        lambda: TournamentAction.objects.update(reason="x"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    tournaments.start(tournament_id=cup.pk, by_id=organiser)
    with pytest.raises(WrongStatus):
        admission.approve(entry_id=cat.pk, by_id=organiser)


def codes(tournament: Tournament, team: Any, *player_ids: int) -> set[str]:
    facts = eligibility.facts_of(tournament, team, player_ids)
    return {one.code for one in eligibility.failed(eligibility.verdicts(facts))}


def test_every_condition_has_its_verdict_and_the_service_refuses_by_them(cup, make_team, make_player):
    team_id, (one, two, three) = make_team("Splyce", 3)
    [entry] = enter(cup, two)
    organiser, alone = make_player("Olga"), make_player("Alone", passport=False)
    Tournament.objects.filter(pk=cup.pk).update(organiser=organiser)
    follows.block(user_id=organiser, blocked_id=three)
    configure(
        cup,
        entrants="TEAMS",
        squad_min=4,
        squad_max=5,
        regions=["EU"],
        rank_min="Elite",
        rank_max="Master",
    )
    cup.refresh_from_db()
    team = Team.objects.get(pk=team_id)
    assert codes(cup, team, one, two, three) == {"player_registered", "squad", "region", "rank", "barred"}
    assert codes(cup, team, one, two, three, alone) == {
        "player_registered", "not_on_roster", "passport_required", "region", "rank", "barred",
    }  # fmt: skip
    assert codes(cup, None, alone) == {"kind", "passport_required"}
    with pytest.raises(registration.AlreadyRegistered) as refusal:
        registration.register_team(tournament_id=cup.pk, team_id=team_id, player_ids=[one, two, three])
    assert {error.code for error in refusal.value.error_list} == codes(cup, team, one, two, three)
    results.leave(entry_id=entry.pk)
    configure(cup, squad_min=1, rank_min="", rank_max="", regions=[])
    passports.update(user_id=one, game_id=CALL_OF_DUTY, region="EU", current_rank="Elite")
    configure(cup, regions=["EU"], rank_min="Elite")
    cup.refresh_from_db()
    assert codes(cup, team, one) == set()
    made = registration.register_team(tournament_id=cup.pk, team_id=team_id, player_ids=[one])
    passports.update(user_id=one, game_id=CALL_OF_DUTY, current_rank="Rookie")
    [unmet] = eligibility.failed(admission.verdicts_of(made))
    assert (unmet.code, unmet.names) == ("rank", ("Splyce0",))
    assert codes(cup, team, one) == {"already_registered", "rank"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"capacity": 0}, "capacity"),
        ({"capacity": 10**9}, "capacity"),
        ({"entrants": "ALL"}, "entrants"),
        ({"rank_min": "Nobody"}, "rank_min"),
        ({"rank_min": "Master", "rank_max": "Elite"}, "rank_max"),
        ({"regions": ["Mars"]}, "regions"),
        ({"regions": "EU"}, "regions"),
        ({"squad_min": 5, "squad_max": 2}, "__all__"),
    ],
)
def test_what_cannot_be_a_condition_is_refused(cup, changes, field):
    with pytest.raises(ValidationError) as refusal:
        configure(cup, **changes)
    assert set(refusal.value.message_dict) == {field}


def test_a_team_enters_the_tournaments_of_its_game(cup, make_team):
    team_id, players = make_team("Splyce", 1)
    other = tournaments.create(name="Another game", game_id=2)
    facts = eligibility.facts_of(other, Team.objects.get(pk=team_id), players)
    unmet = eligibility.failed(eligibility.verdicts(facts))
    assert [one.code for one in unmet] == ["game", "passport_required"]


def test_time_closes_registration(cup, make_player):
    configure(cup, closes_at=NOON.replace(year=2020))
    with pytest.raises(registration.NotEligible, match="closed"):
        enter(cup, make_player("Late"))


def test_who_withdraws_keeps_the_order_that_was_given_by_hand(cup, make_player):
    ann, bea, cat = enter(cup, *(make_player(name) for name in ("Ann", "Bea", "Cat")))
    phase = phases.add(tournament_id=cup.pk, format="SWISS")
    phases.seed(phase_id=phase.pk, entry_ids=[cat.pk, ann.pk, bea.pk])
    results.leave(entry_id=ann.pk)
    [dot] = enter(cup, make_player("Dot"))
    tournaments.start(tournament_id=cup.pk)
    phases.start(phase_id=phase.pk)
    assert list(phase.entries.order_by("seed").values_list("entry_id", flat=True)) == [cat.pk, bea.pk, dot.pk]


def page(client: Client, cup: Tournament) -> str:
    return client.get(f"/tournaments/{cup.slug}/registration/").content.decode()


def test_a_player_registers_on_the_page_and_withdraws(cup, make_player, client):
    user_id = make_player("Ann")
    assert "Sign in to register" in page(client, cup)
    client.force_login(User.objects.get(pk=user_id))
    assert "Not registered yet." in page(client, cup)
    answer = client.post(f"/tournaments/{cup.slug}/registration/enter/", follow=True)
    assert "You are in." in answer.content.decode()
    assert "Withdraw" in page(client, cup)
    [entry] = cup.entries.all()
    again = client.post(f"/tournaments/{cup.slug}/registration/enter/", follow=True)
    assert "is registered for this tournament already" in again.content.decode()
    client.post(f"/tournaments/{cup.slug}/registration/{entry.pk}/withdraw/")
    assert statuses(cup) == ["WITHDRAWN"]
    other = make_player("Bea")
    [hers] = enter(cup, other)
    assert client.post(f"/tournaments/{cup.slug}/registration/{hers.pk}/withdraw/").status_code == 404
    assert client.post(f"/tournaments/{cup.slug}/registration/enter/", {"team": "nobody"}).status_code == 404


def test_a_captain_picks_who_plays(cup, make_team, client):
    team_id, (one, two) = make_team("Splyce")
    roster.change_role(team_id=team_id, user_id=one, role="CAPTAIN")
    client.force_login(User.objects.get(pk=one))
    configure(cup, squad_min=2)
    path = f"/tournaments/{cup.slug}/registration/"
    shown = client.get(path, {"team": "splyce", "player": [one]}).content.decode()
    assert "At least 2 players are needed, these are 1." in shown
    client.post(f"{path}enter/", {"team": "splyce", "player": [one, two, "x", "9" * 30]})
    [entry] = cup.entries.all()
    assert sorted(entry.participants.values_list("user_id", flat=True)) == [one, two]
    client.force_login(User.objects.get(pk=two))
    assert client.post(f"{path}enter/", {"team": "splyce"}).status_code == 404
    assert client.post(f"{path}{entry.pk}/withdraw/").status_code == 404


def test_the_page_reads_no_more_for_more_entrants(cup, make_player, client, django_assert_max_num_queries):
    client.force_login(User.objects.get(pk=make_player("Ann")))
    page(client, cup)
    with django_assert_max_num_queries(QUERIES_MAX) as few:
        page(client, cup)
    enter(cup, *(make_player(f"P{number}") for number in range(6)))
    with django_assert_max_num_queries(len(few)):
        page(client, cup)


def test_the_page_reads_no_more_for_more_teams(cup, make_team, client, django_assert_max_num_queries):
    Tournament.objects.update(organiser=make_team("Host", 1)[1][0])
    leader = make_team("Splyce")[1][0]
    for name in ("Envy", "Optic"):
        roster.join(team_id=roster.create_team(name=name).pk, user_id=leader)
    for team in Team.objects.exclude(name="Host"):
        roster.change_role(team_id=team.pk, user_id=leader, role="CAPTAIN")
    client.force_login(User.objects.get(pk=leader))
    page(client, cup)
    with django_assert_max_num_queries(QUERIES_MAX):
        shown = page(client, cup)
    assert all(name in shown for name in ("Splyce", "Envy", "Optic"))


def test_an_unknown_status_is_none(cup, make_player):
    [ann] = enter(cup, make_player("Ann"))
    with pytest.raises(DatabaseError), transaction.atomic():
        TournamentEntry.objects.filter(pk=ann.pk).update(status="MAYBE")
    with pytest.raises(DatabaseError), transaction.atomic():
        TournamentEntry.objects.filter(pk=ann.pk).update(
            status=Registration.PENDING, placement_from=1, placement_to=1
        )


def test_registrations_are_run_by_the_api(cup, make_player, django_user_model):
    organiser = make_player("Olga")
    Tournament.objects.filter(pk=cup.pk).update(organiser=organiser)
    desk = client_of(User.objects.get(pk=organiser))
    base = f"/api/v1/tournaments/{cup.slug}/"

    def send(client: Client, path: str, data: Any = None, method: str = "post") -> Any:
        return getattr(client, method)(base + path, json.dumps(data or {}), content_type="application/json")

    assert send(desk, "", {"approval": True, "capacity": 1}, "patch").status_code == 200
    assert_problem(send(desk, "", {"capacity": 0}, "patch"), 422, "invalid-values")
    ann = client_of(User.objects.get(pk=make_player("Ann")))
    asked = send(ann, "eligibility/").json()
    assert (asked["eligible"], asked["entry"]) == (True, None)
    entry = send(ann, "entries/").json()
    assert entry["status"] == "PENDING"
    assert send(ann, "eligibility/").json()["entry"]["status"] == "PENDING"
    path = f"entries/{entry['id']}/"
    for act in ("approval/", "readmission/"):
        assert_problem(send(ann, path + act), 403, "not-yours")
    assert_problem(send(ann, path + "rejection/", {"reason": "x"}), 403, "not-yours")
    assert send(desk, path + "approval/").json()["status"] == "CONFIRMED"
    assert send(desk, path + "rejection/", {"reason": "Smurf."}).json()["reason"] == "Smurf."
    assert send(desk, path + "readmission/").json()["status"] == "WITHDRAWN"
    assert [row["id"] for row in desk.get(f"{base}registrations/").json()["items"]] == [entry["id"]]
    assert_problem(ann.get(f"{base}registrations/"), 403, "not-yours")
    assert_problem(send(desk, "entries/0/approval/"), 404, "not-found")
