"""The desk of a tournament and the room of a match: who sees them, what buttons do, what they read."""

from typing import Any

import pytest
from django.test import Client

from apps.events.testing import emitted
from apps.tournaments.models import Dispute, Match, Tournament, TournamentAction
from apps.tournaments.services import phases, registration, tournaments
from apps.user_profile.models import User
from apps.user_profile.services import passports
from apps.user_profile.testing import create_user
from apps.web.tests.pages import at_most

pytestmark = pytest.mark.django_db
CUP = "/tournaments/cup/"
QUERIES_MAX = 9  # session, user and unread among them


def player(name: str) -> User:
    user = create_user(name)
    passports.add(user_id=user.pk, game_id=1, ign=f"{name}_x")
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def olga() -> User:
    return create_user("olga")


@pytest.fixture
def desk(olga: User) -> Client:
    """Return the browser of somebody who runs a cup."""
    tournaments.create(name="Cup", game_id=1, organiser_id=olga.pk)
    return client_of(olga)


def cup() -> Tournament:
    return Tournament.objects.get(slug="cup")


def draw(count: int) -> None:
    for number in range(count):
        user = player(f"p{number:03}")
        registration.register_player(tournament_id=cup().pk, user_id=user.pk)
    phase = phases.add(tournament_id=cup().pk, format="SINGLE_ELIMINATION")
    tournaments.start(tournament_id=cup().pk)
    phases.start(phase_id=phase.pk)


def act(client: Client, name: str, **given: Any) -> str:
    answer = client.post(f"{CUP}desk/acts/", {"act": name, **given}, follow=True)
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def text(client: Client, path: str) -> str:
    answer = client.get(CUP + path)
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def test_only_who_runs_it_has_the_desk(desk: Client) -> None:
    other = client_of(player("ann"))
    assert text(other, "desk/") == "404"
    assert act(other, "start") == "404"
    assert Client().get(f"{CUP}desk/").status_code == 302
    assert "Organiser" in text(desk, "")
    assert "Organiser" not in text(other, "")
    assert text(desk, "desk/") != "404"
    assert act(desk, "dance") == "404"
    assert cup().status == "UPCOMING"


def test_registrations_are_answered_and_checked_in(desk: Client) -> None:
    tournaments.configure(tournament_id=cup().pk, changes={"approval": True})
    ann, bea = player("ann"), player("bea")
    entries = [registration.register_player(tournament_id=cup().pk, user_id=one.pk) for one in (ann, bea)]
    assert "Wait for approval" in text(desk, "desk/")
    assert "Admitted." in act(desk, "approve", entry=entries[0].pk)
    assert "Say why" in act(desk, "reject", entry=entries[1].pk, reason="")
    act(desk, "reject", entry=entries[1].pk, reason="Smurf.")
    assert "Smurf." in text(desk, "desk/")
    act(desk, "readmit", entry=entries[1].pk)
    act(desk, "check-in", entry=entries[0].pk)
    assert act(desk, "approve", entry=10**8) == "404"
    assert "whole numbers" in act(desk, "approve", entry="x")
    kinds = TournamentAction.objects.exclude(kind="ANNOUNCED").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["APPROVED", "REJECTED", "READMITTED", "CHECKED_IN"]


def test_a_cup_is_run_from_the_desk_to_the_end_and_corrected(desk: Client) -> None:
    for name in ("ann", "bea"):
        registration.register_player(tournament_id=cup().pk, user_id=player(name).pk)
    phase = phases.add(tournament_id=cup().pk, format="SINGLE_ELIMINATION")
    assert "It has begun." in act(desk, "start")
    act(desk, "start-phase", phase=phase.pk)
    match = Match.objects.get()
    assert "cannot end level" in act(desk, "decide", match=match.pk, score_a=1, score_b=1)
    assert "Decided." in act(desk, "decide", match=match.pk, score_a=1, score_b=0)
    act(desk, "complete")
    page = text(desk, f"matches/{match.pk}/correction/?score_a=0&score_b=1")
    assert "The statistics or places of 2 players." in page
    assert Match.objects.get().winner_id == match.entry_a_id
    path = f"{CUP}matches/{match.pk}/correction/"
    refused = desk.post(path, {"score_a": 0, "score_b": 1, "reason": ""})
    assert Match.objects.get().winner_id == match.entry_a_id
    assert refused.status_code == 200
    desk.post(path, {"score_a": 0, "score_b": 1, "reason": "Mixed up."})
    assert Match.objects.get().winner_id == match.entry_b_id
    assert "Undone." in act(desk, "undo", match=match.pk)
    assert Match.objects.get().winner_id == match.entry_a_id
    assert act(desk, "undo", match=10**8) == "404"
    assert text(client_of(User.objects.get(username="ann")), f"matches/{match.pk}/correction/") == "404"


def test_a_forfeit_and_a_disqualification_from_the_desk(desk: Client) -> None:
    draw(4)
    first, second = Match.objects.filter(round=1).order_by("pk")
    act(desk, "decide", match=first.pk, forfeit="a")
    assert Match.objects.get(pk=first.pk).winner_id == first.entry_b_id
    act(desk, "disqualify", entry=second.entry_a_id, reason="Cheats.")
    assert Match.objects.get(pk=second.pk).outcome == "DISQUALIFIED"
    final = Match.objects.get(round=2)
    act(desk, "decide", match=final.pk, forfeit="both")
    assert Match.objects.get(pk=final.pk).outcome == "DOUBLE_FORFEIT"


def test_the_sides_report_and_dispute_in_their_room(desk: Client) -> None:
    draw(2)
    match = Match.objects.get()
    ann, bea = (client_of(User.objects.get(pk=entry.user_id)) for entry in (match.entry_a, match.entry_b))
    path = f"matches/{match.pk}/room/"
    assert text(client_of(player("zoe")), path) == "404"
    assert "Room of the match" in text(ann, f"matches/{match.pk}/")
    assert "Room of the match" not in text(Client(), f"matches/{match.pk}/")

    def say(client: Client, name: str, **given: Any) -> Any:
        return client.post(f"{CUP}{path}acts/", {"act": name, **given}, follow=True)

    say(ann, "report", score_a=1, score_b=0)
    assert "Confirm 1:0" in text(bea, path)
    assert "Confirm 1:0" not in text(ann, path)
    say(bea, "report", score_a=0, score_b=1)
    assert "The two reports differ" in text(ann, path)
    assert "The two reports differ" in text(desk, "desk/")
    say(ann, "evidence", text="Look", link="https://example.com/1")
    assert 'rel="nofollow ugc noopener"' in text(bea, path)
    assert say(ann, "decide", verdict="score", score_a=1, score_b=0, decision="Mine").status_code == 404
    say(bea, "escalate")
    assert say(desk, "decide", verdict="score", score_a=1, score_b=0, decision="x").status_code == 404
    staff = create_user("stella")
    User.objects.filter(pk=staff.pk).update(is_superuser=True)
    say(client_of(staff), "decide", verdict="score", score_a=1, score_b=0, decision="Seen it.")
    assert Dispute.objects.get().status == "DECIDED"
    assert Match.objects.get().winner_id == match.entry_a_id
    assert "Seen it." in text(bea, path)
    assert say(bea, "dispute", reason="RULES", text="No!").status_code == 200
    assert "A rule was broken" in text(ann, path)
    assert say(ann, "fly").status_code == 404


def test_a_side_says_that_they_play(desk: Client) -> None:
    draw(2)
    match = Match.objects.get()
    assert match.entry_a
    path = f"matches/{match.pk}/room/"
    side = client_of(User.objects.get(pk=match.entry_a.user_id))
    assert "We are playing now" in text(side, path)
    with emitted("tournament_match_started", "tournament_match_started"):
        side.post(f"{CUP}{path}acts/", {"act": "begin"})
    assert Match.objects.get().status == "LIVE"
    assert "We are playing now" not in text(side, path)
    assert client_of(create_user("somebody")).post(f"{CUP}{path}acts/", {"act": "begin"}).status_code == 404


def test_a_side_gives_its_match_up(desk: Client) -> None:
    draw(2)
    match = Match.objects.get()
    assert match.entry_a
    loser = client_of(User.objects.get(pk=match.entry_a.user_id))
    loser.post(f"{CUP}matches/{match.pk}/room/acts/", {"act": "surrender"})
    assert Match.objects.get().winner_id == match.entry_b_id


def test_the_desk_and_the_room_read_no_more_for_more_entrants(
    desk: Client, django_assert_max_num_queries: Any
) -> None:
    draw(4)
    paths = ("desk/", f"matches/{Match.objects.filter(round=1)[0].pk}/room/")
    counts = []
    for path in paths:
        text(desk, path)
        with django_assert_max_num_queries(QUERIES_MAX) as queries:
            text(desk, path)
        counts.append(len(queries))
    tournaments.create(name="Cup", game_id=1, organiser_id=cup().organiser_id)
    Tournament.objects.filter(slug="cup").update(slug="small")
    Tournament.objects.filter(slug="cup-2").update(slug="cup")
    for number in range(16):
        user = player(f"q{number:03}")
        registration.register_player(tournament_id=cup().pk, user_id=user.pk)
    phase = phases.add(tournament_id=cup().pk, format="SINGLE_ELIMINATION")
    tournaments.start(tournament_id=cup().pk)
    phases.start(phase_id=phase.pk)
    match = Match.objects.filter(round=1, tournament=cup())[0]
    for path, most in zip(("desk/", f"matches/{match.pk}/room/"), counts, strict=True):
        with django_assert_max_num_queries(most):
            assert text(desk, path) != "404"


def test_who_runs_it_does_not_decide_about_his_own_match(desk: Client, olga: User) -> None:
    passports.add(user_id=olga.pk, game_id=1, ign="olga_x")
    registration.register_player(tournament_id=cup().pk, user_id=olga.pk)
    draw(1)
    match = Match.objects.get()
    path = f"matches/{match.pk}/room/"
    given = {"act": "dispute", "reason": "RULES", "text": "No!"}
    desk.post(f"{CUP}{path}acts/", given)
    page = text(desk, path)
    assert "the staff decides" in page
    assert 'value="decide"' not in page
    given = {"act": "decide", "verdict": "score", "score_a": 1, "score_b": 0, "decision": "Mine."}
    answer = desk.post(f"{CUP}{path}acts/", given, follow=True)
    assert "You play in this match, so you cannot decide" in answer.content.decode()
    assert Dispute.objects.get().status == "ESCALATED"


def test_the_room_of_a_dispute_holds_its_queries(desk: Client) -> None:
    draw(2)
    match = Match.objects.get()
    assert match.entry_a
    ann = client_of(User.objects.get(pk=match.entry_a.user_id))
    path = f"matches/{match.pk}/room/"
    ann.post(f"{CUP}{path}acts/", {"act": "report", "score_a": 1, "score_b": 0})
    ann.post(f"{CUP}{path}acts/", {"act": "dispute", "reason": "RULES", "text": "No!"})
    for client, page in ((ann, path), (desk, path), (desk, "desk/")):
        text(client, page)
        with at_most(QUERIES_MAX, page):
            assert "A rule was broken" in text(client, page)
