"""Reports of both sides, disputes, and what happens when several act at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from apps.events.context import occurring_at
from apps.events.testing import deliver_all, emitted
from apps.notifications.models import Notification
from apps.tournaments.models import (
    Dispute,
    Match,
    MatchReport,
    Reason,
    Tournament,
    TournamentAction,
    WrongStatus,
    moment,
)
from apps.tournaments.services import (
    corrections,
    disputes,
    phases,
    registration,
    reports,
    results,
    tournaments,
)
from apps.tournaments.services.matches import ImpossibleResult

pytestmark = pytest.mark.django_db


class Room:
    """The first match of a single elimination of four, with who speaks for its sides."""

    def __init__(self, match: Match, organiser: int) -> None:
        self.pk, self.organiser = match.pk, organiser
        self.a, self.b = match.entry_a, match.entry_b

    @property
    def match(self) -> Match:
        """The match as it is now."""
        return Match.objects.select_related("tournament").get(pk=self.pk)

    def say(self, side: str, score_a: int, score_b: int) -> Match:
        """Report for a side."""
        entry = getattr(self, side)
        score = {"score_a": score_a, "score_b": score_b}
        return reports.report(match_id=self.pk, entry_id=entry.pk, by_id=entry.user_id, **score)

    def dispute(self, side: str, text: str = "He lagged.", **more: str) -> Dispute:
        """Open a dispute for a side."""
        entry = getattr(self, side)
        given = {"reason": Reason.OTHER, "text": text, **more}
        return disputes.open_dispute(match_id=self.pk, entry_id=entry.pk, by_id=entry.user_id, **given)

    def decide(self, dispute: Dispute, **verdict: object) -> Dispute:
        """Decide as the organiser."""
        told = {"decision": "Seen the recording.", **verdict}
        return disputes.decide(dispute_id=dispute.pk, by_id=self.organiser, **told)


@pytest.fixture
def room(cup, make_player):
    organiser = make_player("Olga")
    Tournament.objects.filter(pk=cup.pk).update(organiser=organiser)
    for name in ("Ann", "Bea", "Cat", "Dot"):
        registration.register_player(tournament_id=cup.pk, user_id=make_player(name))
    phase = phases.add(tournament_id=cup.pk, format="SINGLE_ELIMINATION", settings={"best_of": 3})
    tournaments.start(tournament_id=cup.pk)
    phases.start(phase_id=phase.pk)
    match = Match.objects.select_related("entry_a", "entry_b").filter(phase=phase, round=1).order_by("pk")[0]
    return Room(match, organiser)


def kinds(events):
    return [one.event_type for one in events]


def final(room: Room) -> Match:
    return Match.objects.get(phase=room.match.phase_id, round=2)


def news(user_id: int) -> list[str]:
    deliver_all()
    rows = Notification.objects.standing().filter(recipient_id=user_id, kind="tournament_match")
    return [row.text.split(":")[0] for row in rows]


def test_the_same_from_both_sides_is_the_result(room):
    assert news(room.b.user_id) == ["Your match can be played"]
    with emitted() as events:
        room.say("a", 2, 1)
    assert [(one.event_type, one.payload["user_id"]) for one in events] == [
        ("tournament_match_reported", room.b.user_id)
    ]
    assert news(room.b.user_id) == ["Your opponent reported a result, confirm it"]
    assert room.match.status == "READY"
    with emitted() as events:
        room.say("b", 2, 1)
    assert kinds(events).count("tournament_result_confirmed") == 2
    assert (room.match.winner_id, room.match.report_due_at) == (room.a.pk, None)
    assert final(room).entry_a_id == room.a.pk
    assert news(room.b.user_id) == ["The result of your match holds"]
    with pytest.raises(results.MatchNotReady):
        room.say("b", 0, 2)


def test_a_side_may_say_something_else_until_it_is_decided(room):
    room.say("a", 2, 1)
    due = room.match.report_due_at
    room.say("a", 1, 2)
    assert room.match.report_due_at == due
    room.say("b", 1, 2)
    assert room.match.winner_id == room.b.pk


def test_one_report_holds_when_the_other_side_lets_the_time_pass(room):
    room.say("b", 0, 2)
    assert reports.confirm_due(10) == 0
    with occurring_at(moment() + timedelta(minutes=31)), emitted() as events:
        assert reports.confirm_due(10) == 1
        assert reports.confirm_due(10) == 0
    assert kinds(events).count("tournament_match_completed") == 2
    assert room.match.winner_id == room.b.pk


def test_two_that_differ_are_a_dispute_and_nothing_is_confirmed(room):
    room.say("a", 2, 0)
    with emitted() as events:
        room.say("b", 0, 2)
    sides_and_organiser = sorted([room.a.user_id, room.b.user_id, room.organiser])
    assert [(one.event_type, one.payload["user_id"]) for one in events] == [
        ("tournament_dispute_opened", pk) for pk in sides_and_organiser
    ]
    with pytest.raises(reports.InDispute):
        room.say("a", 0, 2)
    with occurring_at(moment() + timedelta(days=9)):
        assert reports.confirm_due(10) == 0
    [dispute] = Dispute.objects.all()
    assert (dispute.reason, dispute.status, room.match.status) == ("SCORES_DIFFER", "OPEN", "READY")
    with pytest.raises(results.MatchNotReady):
        room.decide(dispute)
    with pytest.raises(ValidationError, match="Say why"):
        room.decide(dispute, decision=" ", score=(2, 0))
    room.decide(dispute, score=(2, 0))
    assert room.match.winner_id == room.a.pk
    with pytest.raises(disputes.DisputeDecided):
        room.decide(dispute, score=(0, 2))
    last = TournamentAction.objects.values_list("kind", "by", "match", "reason")[:2]
    assert set(last) == {
        ("DISPUTE_DECIDED", room.organiser, room.pk, "Seen the recording."),
        ("RESULT_ENTERED", room.organiser, room.pk, ""),
    }


def test_a_result_that_held_is_disputed_and_corrected_with_all_that_follows(room):
    room.say("a", 2, 0)
    room.say("b", 2, 0)
    dispute = room.dispute("b", link="https://example.com/clip")
    with pytest.raises(disputes.DisputeOpen):
        room.dispute("a")
    disputes.add_evidence(dispute_id=dispute.pk, by_id=room.a.user_id, text="No.")
    with pytest.raises(ValidationError):
        disputes.add_evidence(
            dispute_id=dispute.pk, by_id=room.a.user_id, text="x", link="javascript:alert(1)"
        )
    with pytest.raises(ValidationError):
        disputes.add_evidence(dispute_id=dispute.pk, by_id=room.a.user_id, text=" ")
    assert [one.text for one in dispute.evidence.all()] == ["He lagged.", "No."]
    assert disputes.escalate(dispute_id=dispute.pk).status == "ESCALATED"
    with pytest.raises(results.Escalated):
        corrections.correct(match_id=room.pk, score_a=0, score_b=2, reason="Mine.", by_id=room.organiser)
    room.decide(dispute, forfeited_by=room.a.pk)
    assert (room.match.winner_id, room.match.outcome) == (room.b.pk, "FORFEIT")
    assert final(room).entry_a_id == room.b.pk
    again = room.dispute("a")
    room.decide(again)
    assert room.match.winner_id == room.b.pk


def test_what_cannot_be_reported_is_refused_and_nothing_moves(room, make_player):
    other = Match.objects.filter(phase=room.match.phase_id, round=1).exclude(pk=room.pk).get()
    for error, entry_id, score in (
        (ImpossibleResult, room.a.pk, (1, 0)),
        (ImpossibleResult, room.a.pk, (-1, 2)),
        (results.NotInThisMatch, other.entry_a_id, (2, 0)),
    ):
        with emitted() as events, pytest.raises(error):
            reports.report(match_id=room.pk, entry_id=entry_id, by_id=1, score_a=score[0], score_b=score[1])
        assert events == []
    with pytest.raises(results.MatchNotReady):
        reports.report(
            match_id=final(room).pk, entry_id=room.a.pk, by_id=room.a.user_id, score_a=2, score_b=0
        )
    with pytest.raises(results.MatchNotReady):
        disputes.open_dispute(
            match_id=final(room).pk, entry_id=room.a.pk, by_id=1, reason=Reason.OTHER, text="x"
        )
    with pytest.raises(ValidationError, match="one of the reasons"):
        room.dispute("a", reason="NO_REASON")
    assert not MatchReport.objects.exists()
    assert not Dispute.objects.exists()


def test_a_correction_that_changes_the_sides_voids_what_was_reported(room):
    room.say("a", 2, 0)
    room.say("b", 2, 0)
    other = Match.objects.filter(phase=room.match.phase_id, round=1).exclude(pk=room.pk).get()
    results.play(match_id=other.pk, score_a=2, score_b=0)
    last = final(room)
    reports.report(match_id=last.pk, entry_id=last.entry_b_id, by_id=room.organiser, score_a=2, score_b=1)
    corrections.correct(match_id=room.pk, score_a=0, score_b=2, reason="Mixed up.")
    last = final(room)
    assert (last.entry_a_id, last.report_due_at, last.reports.count()) == (room.b.pk, None, 0)
    with occurring_at(moment() + timedelta(days=1)):
        assert reports.confirm_due(10) == 0
    assert final(room).status == "READY"


def test_an_opponent_who_leaves_ends_the_waiting(room):
    room.say("a", 2, 0)
    results.leave(entry_id=room.b.pk)
    assert (room.match.status, room.match.outcome, room.match.report_due_at) == ("COMPLETED", "FORFEIT", None)
    with pytest.raises(results.MatchNotReady):
        room.say("b", 0, 2)


def test_nothing_is_disputed_when_the_tournament_is_over(room):
    while ready := Match.objects.filter(phase=room.match.phase_id, status="READY").first():
        results.play(match_id=ready.pk, score_a=2, score_b=0)
    tournaments.complete(tournament_id=room.match.tournament_id)
    with pytest.raises(WrongStatus):
        room.dispute("b")


def test_nobody_decides_about_his_own_match(room, make_player):
    Tournament.objects.update(organiser=room.a.user_id)
    dispute = room.dispute("b")
    assert dispute.status == "ESCALATED"
    for by_id in (room.a.user_id, room.b.user_id):
        with pytest.raises(disputes.OwnMatch, match="the staff does"):
            disputes.decide(dispute_id=dispute.pk, by_id=by_id, decision="Mine.", score=(2, 0))
    with pytest.raises(ValidationError, match="before the staff"):
        results.play(match_id=room.pk, score_a=2, score_b=0, by_id=room.a.user_id)
    assert Dispute.objects.get().status == "ESCALATED"
    assert room.match.status == "READY"
    disputes.decide(dispute_id=dispute.pk, by_id=make_player("Stella"), decision="Seen it.", score=(0, 2))
    assert room.match.winner_id == room.b.pk
