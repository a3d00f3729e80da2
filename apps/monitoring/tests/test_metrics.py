"""`/metrics`: who may read it, what is in it, and that documents and dashboards name nothing else."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from apps.events import registry, stored
from apps.events.delivery import pauses
from apps.monitoring.metrics import Figures
from apps.monitoring.rules import RULES
from apps.web.tests.pages import at_most

pytestmark = pytest.mark.django_db

ROOT = Path(configured.BASE_DIR)
NAMED = re.compile(r"\bdeltacrown_\w+")
NAME = "webhooks.enqueue_deliveries"


def exported() -> dict[str, tuple[str, str, frozenset[str]]]:
    """Return every family that can be exported: type, text and labels, by the name its samples have."""
    found = {}
    for family in Figures().collect():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        found[name] = (family.type, family.documentation, frozenset(family._labelnames))
    return found


def test_everybody_on_this_machine_and_who_has_the_token(client: Client, settings: Settings) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="::1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403
    assert (
        client.get("/metrics", headers={"Authorization": "Bearer "}, REMOTE_ADDR="192.0.2.7").status_code
        == 403
    )
    settings.METRICS_TOKEN = "0123456789abcdef"
    wanted = {"Authorization": "Bearer 0123456789abcdef"}
    assert client.get("/metrics", headers=wanted, REMOTE_ADDR="192.0.2.7").status_code == 200
    wrong = {"Authorization": "Bearer fedcba9876543210"}
    assert client.get("/metrics", headers=wrong, REMOTE_ADDR="192.0.2.7").status_code == 403
    assert client.post("/metrics").status_code == 405


def test_values_are_those_of_the_database(client: Client) -> None:
    stored.store(strict=False)
    pauses.pause(NAME, by="ada", reason="a drill")
    with at_most(12, "/metrics"):
        text = client.get("/metrics").content.decode()
    samples = {
        (sample.name, sample.labels.get("subscriber")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert {name for metric, name in samples if metric == "deltacrown_subscriber_paused"} == {
        *registry.subscribers
    }
    assert samples["deltacrown_subscriber_paused", NAME] == 1
    assert samples["deltacrown_subscriber_lag", NAME] == 0


def test_the_table_of_the_documents_is_what_is_exported() -> None:
    rows = re.findall(r"^\| `(deltacrown_\w+)` \| (\w+) \| (.*?) \| (.*?) \|$", document(), re.MULTILINE)
    told = {
        name: (kind, text, frozenset(re.findall(r"`(\w+)`", labels))) for name, kind, labels, text in rows
    }
    assert told == exported()


def document() -> str:
    return (ROOT / "docs" / "metrics.md").read_text()


@pytest.mark.parametrize("path", ["deploy/grafana/deltacrown.json", "deploy/prometheus/alerts.yml"])
def test_every_metric_that_a_file_names_exists(path: str) -> None:
    named = set(NAMED.findall((ROOT / path).read_text()))
    assert named
    assert not named - exported().keys()


def test_the_dashboard_is_one_and_every_rule_has_its_alert() -> None:
    panels = json.loads((ROOT / "deploy/grafana/deltacrown.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    runbooks = re.findall(r"docs/runbooks\.md#(\w+)", (ROOT / "deploy/prometheus/alerts.yml").read_text())
    assert set(runbooks) == RULES.keys()
