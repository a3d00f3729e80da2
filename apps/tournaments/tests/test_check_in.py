"""Check-in: opened, reminded and closed by the clock; who is not there loses his place."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from apps.events.context import occurring_at
from apps.events.testing import deliver_all, emitted
from apps.notifications.models import Notification
from apps.tournaments.models import TournamentAction, WrongTurn, moment
from apps.tournaments.services import admission, check_in, registration, tournaments
from apps.user_profile.models import PassportHold

from .conftest import CALL_OF_DUTY

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return moment()


@pytest.fixture
def entries(cup, make_player, now):
    """Return two who are registered and one in line; check-in opens in an hour, for one hour."""
    changes = {
        "capacity": 2,
        "check_in_opens_at": now + timedelta(hours=1),
        "check_in_closes_at": now + timedelta(hours=2),
    }
    tournaments.configure(tournament_id=cup.pk, changes=changes)
    made = [make_player(name) for name in ("Ann", "Bea", "Cat")]
    return [registration.register_player(tournament_id=cup.pk, user_id=user_id) for user_id in made]


def said(events):
    return [(one.event_type, one.payload["user_id"]) for one in events]


def at(now, hours):
    return occurring_at(now + timedelta(hours=hours))


def test_it_opens_reminds_and_closes_once(cup, entries, now):
    ann, bea, cat = entries
    with at(now, 0.5), emitted() as events:
        assert check_in.advance_due() == 0
        with pytest.raises(check_in.CheckInClosed):
            check_in.check_in(entry_id=ann.pk)
    assert events == []
    with at(now, 1), emitted() as events:
        assert check_in.advance_due() == 1
        assert check_in.advance_due() == 0
    assert said(events) == [("tournament_check_in_asked", pk) for pk in (ann.user_id, bea.user_id)]
    with at(now, 1.2):
        first = check_in.check_in(entry_id=ann.pk).checked_in_at
        assert check_in.check_in(entry_id=ann.pk).checked_in_at == first
        with pytest.raises(WrongTurn):
            check_in.check_in(entry_id=cat.pk)
    with at(now, 1.9), emitted() as events:
        check_in.advance_due()
    assert [(one.payload["user_id"], one.payload["again"]) for one in events] == [(bea.user_id, True)]
    with at(now, 2), emitted() as events:
        check_in.advance_due()
        assert check_in.advance_due() == 0
    assert said(events) == [
        ("tournament_withdrawn", bea.user_id),
        ("tournament_entry_answered", bea.user_id),
        ("tournament_registered", cat.user_id),
        ("tournament_waitlist_promoted", cat.user_id),
    ]
    rows = cup.entries.order_by("pk").values_list("status", "checked_in_at")
    assert [(status, there is not None) for status, there in rows] == [
        ("CONFIRMED", True),
        ("NO_SHOW", False),
        ("CONFIRMED", True),
    ]
    assert not PassportHold.exists_for(bea.user_id, CALL_OF_DUTY)
    deliver_all()
    told = Notification.objects.standing().filter(kind="tournament_entry")
    assert dict(told.values_list("recipient_id", "text")) == {
        ann.user_id: "Check-in is open: {tournament}.",
        bea.user_id: "You did not check in and lost your place: {tournament}.",
        cat.user_id: "A place became free and is yours: {tournament}.",
    }
    admission.readmit(entry_id=bea.pk)
    assert registration.register_player(tournament_id=cup.pk, user_id=bea.user_id).status == "WAITLISTED"


def test_a_job_that_was_late_does_all_steps_at_once(cup, entries, now):
    with at(now, 3), emitted() as events:
        check_in.advance_due()
    kinds = [one.event_type for one in events]
    assert kinds.count("tournament_check_in_asked") == 2
    assert sorted(cup.entries.values_list("status", flat=True)) == ["CONFIRMED", "NO_SHOW", "NO_SHOW"]


def test_the_start_closes_a_check_in_that_is_open_and_no_other(cup, entries, now, make_player):
    organiser = make_player("Olga")
    with at(now, 1.5):
        check_in.advance_due()
        check_in.check_in(entry_id=entries[0].pk, by_id=organiser)
        tournaments.start(tournament_id=cup.pk)
    statuses = cup.entries.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["CONFIRMED", "NO_SHOW", "CONFIRMED"]
    assert TournamentAction.objects.get().kind == "CHECKED_IN"
    assert check_in.advance_due() == 0


def test_before_it_opens_the_start_drops_nobody(cup, entries):
    tournaments.start(tournament_id=cup.pk)
    assert list(cup.entries.order_by("pk").values_list("status", flat=True)) == [
        "CONFIRMED", "CONFIRMED", "REJECTED",
    ]  # fmt: skip


@pytest.mark.parametrize("hours", [(1, None), (None, 1), (2, 1), (1, 1)])
def test_times_that_are_no_check_in_are_refused(cup, now, hours):
    opens, closes = (now + timedelta(hours=one) if one else None for one in hours)
    with pytest.raises(ValidationError):
        tournaments.configure(
            tournament_id=cup.pk, changes={"check_in_opens_at": opens, "check_in_closes_at": closes}
        )
