"""When an alert opens, how often it is told, and when it is over."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from pytest_django.fixtures import Settings

from apps.events.testing import emitted
from apps.monitoring.models import Incident, Notice, Verification
from apps.monitoring.rules import RULES, Observation
from apps.monitoring.services import incidents, notices, sensitivities, watch
from apps.monitoring.signals import alert_opened, alert_resolved
from apps.monitoring.testing import operator
from apps.user_profile.models import UserProfileStats
from apps.user_profile.services import accounts

pytestmark = pytest.mark.django_db

BEGAN = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)
BAD = Observation(is_bad=True, is_well=False, summary="It is bad.")
BETWEEN = Observation(is_bad=False, is_well=False, summary="It is so so.")
WELL = Observation(is_bad=False, is_well=True, summary="It is well.")
MEASURE = "queue_depth"


@pytest.fixture(autouse=True)
def recipients(settings: Settings) -> None:
    settings.ALERT_EMAILS = ["ops@example.org"]


def at(minutes: float) -> datetime:
    return BEGAN + timedelta(minutes=minutes)


def see(observation: Observation | None, minutes: float, rule: str = MEASURE) -> None:
    """Observe something, and let what is due be sent."""
    observed = {} if observation is None else {(rule, "a.b"): observation}
    assert incidents.settle(observed, at(minutes), codes=RULES.keys(), known=incidents.in_force())
    notices.send_due(at(minutes))


def test_what_passes_before_its_minutes_are_over_is_told_to_nobody() -> None:
    see(BAD, 0)
    see(BAD, 0.9)
    see(WELL, 0.95)
    see(BAD, 1.1)
    assert not mail.outbox
    assert Incident.objects.get().opened_at is None


def test_an_incident_is_told_once_and_its_end_once() -> None:
    with emitted() as events:
        for minutes in (0, 1, 2, 3):
            see(BAD, minutes)
        for minutes in (4, 5, 6, 7, 8):
            see(WELL, minutes)
    assert [name for name, _ in events] == [alert_opened.name, alert_resolved.name]
    assert [message.subject for message in mail.outbox] == [
        "[DeltaCrown critical] queue_depth a.b",
        "[DeltaCrown resolved] queue_depth a.b",
    ]
    assert "/ops/runbooks/#queue_depth" in str(mail.outbox[0].body)
    incident = Incident.objects.get()
    assert (incident.began_at, incident.opened_at, incident.resolved_at) == (at(0), at(1), at(6))


def test_between_the_thresholds_it_stays_open_and_nothing_new_opens() -> None:
    see(BETWEEN, 0)
    assert not Incident.objects.exists()
    see(BAD, 1)
    see(BAD, 2)
    for minutes in (3, 6, 9):
        see(BETWEEN, minutes)
    see(WELL, 10)
    see(BETWEEN, 11)
    see(WELL, 12.5)
    assert Incident.objects.get().resolved_at is None, "it was not well for two minutes on end"
    see(WELL, 14.5)
    assert Incident.objects.get().resolved_at == at(14.5)


def test_yes_and_no_open_and_end_at_once() -> None:
    see(BAD, 0, "subscriber_paused")
    assert len(mail.outbox) == 1
    see(None, 0.2, "subscriber_paused")
    assert len(mail.outbox) == 2


def test_a_mail_that_cannot_be_sent_is_tried_again_and_arrives_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no route to the mail server")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", refuse)
        see(BAD, 0, "subscriber_paused")
    notice = Notice.objects.get()
    assert (notice.sent_at, notice.failures, notice.error) == (
        None,
        1,
        "OSError: no route to the mail server",
    )
    assert notices.send_due(at(0.5)) == 0
    assert notices.send_due(at(1)) == 1
    assert notices.send_due(at(2)) == 0
    [message] = mail.outbox
    assert message.extra_headers["Message-ID"] == f"<incident-{notice.incident_id}-opened@localhost>"


def test_without_recipients_only_the_events_tell(settings: Settings) -> None:
    settings.ALERT_EMAILS = []
    with emitted() as events:
        see(BAD, 0, "subscriber_paused")
    assert len(events) == 1
    assert not Notice.objects.exists()


def test_a_rule_that_is_switched_off_ends_its_incidents(client: Client) -> None:
    user = operator(client)
    see(BAD, 0, "subscriber_paused")
    sensitivities.change("subscriber_paused", threshold=0, minutes=0, is_on=False, by_id=user.pk)
    assert not incidents.in_force()["subscriber_paused"].is_on
    see(None, 1, "subscriber_paused")
    assert Incident.objects.get().resolved_at == at(1)


def test_a_figure_drifts_when_two_comparisons_find_the_same() -> None:
    """One that changed between them was only behind: its event waited."""
    ada = accounts.sign_up(username="ada")

    def drifting(stored: int) -> list[str]:
        UserProfileStats.objects.filter(user_id=ada.pk).update(matches_won=stored)
        watch.verify_figures(at(Verification.objects.count()))
        return Verification.objects.latest("ran_at").drifting

    assert drifting(3) == []
    assert drifting(4) == []
    assert drifting(4) == ["user_profile.stats.matches_won"]
    assert drifting(0) == []
