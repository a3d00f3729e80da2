"""The alerts' page, its forms, and the runbooks."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from apps.monitoring import runbooks
from apps.monitoring.models import Incident, Sensitivity, Severity
from apps.monitoring.rules import RULES
from apps.monitoring.services.incidents import in_force
from apps.monitoring.testing import operator
from apps.web.tests.pages import at_most, text_of

pytestmark = pytest.mark.django_db


def incident(**values: object) -> Incident:
    now = timezone.now()
    told = {
        "rule": "queue_depth",
        "subject": "a.b",
        "severity": Severity.CRITICAL,
        "summary": "Too many wait.",
    }
    return Incident.objects.create(**{**told, "began_at": now, "opened_at": now, **values})


def test_every_rule_has_a_runbook_and_every_runbook_a_rule() -> None:
    found = runbooks.read(settings.BASE_DIR / "docs" / "runbooks.md")
    assert [book.code for book in found] == list(RULES)
    assert all("<ol>" in book.html for book in found)


def test_an_open_alert_leads_to_its_runbook(client: Client) -> None:
    operator(client)
    incident()
    incident(subject="c.d", resolved_at=timezone.now(), summary="It was long ago.")
    page = client.get("/ops/alerts/").content.decode()
    assert page.count('href="/ops/runbooks/#queue_depth"') == 4  # open, twice in the history, and the rule
    assert "It was long ago." in page
    assert 'id="queue_depth"' in client.get("/ops/runbooks/").content.decode()


def test_an_operator_sets_a_rule_and_takes_it_back(client: Client) -> None:
    user = operator(client)
    path = "/ops/alerts/rules/queue_depth/"
    assert client.post(path, {"threshold": "50", "minutes": "2", "is_on": "on"}).status_code == 302
    rule = in_force()["queue_depth"]
    assert (rule.threshold, rule.minutes, rule.is_on) == (50, 2, True)
    assert Sensitivity.objects.get().changed_by == user
    assert 'value="50.0"' in client.get("/ops/alerts/").content.decode()
    refused = client.post(path, {"threshold": "-1", "minutes": "x"})
    assert refused.status_code == 200
    assert 'class="errorlist"' in refused.content.decode()
    assert in_force()["queue_depth"].threshold == 50
    assert client.post(f"{path}reset/").status_code == 302
    assert in_force()["queue_depth"] == RULES["queue_depth"]
    assert client.post("/ops/alerts/rules/nope/", {}).status_code == 404
    assert client.post("/ops/alerts/rules/nope/reset/").status_code == 404


def test_few_queries_however_many_incidents(client: Client) -> None:
    operator(client)
    for place in range(60):
        incident(subject=f"s{place}", resolved_at=timezone.now())
    client.get("/ops/alerts/")
    with at_most(12, "/ops/alerts/"):
        assert "Nothing is wrong." in text_of(client, "/ops/alerts/")
