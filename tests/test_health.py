"""Health, as a load balancer asks for it; and production settings that Django has nothing against."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from config import health
from tests.checkouts import server_url


def test_live_asks_nobody(client: Client) -> None:
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert client.post("/health/live").status_code == 405


@pytest.mark.django_db
def test_ready_when_the_database_is_migrated(client: Client, django_assert_num_queries: Any) -> None:
    assert client.get("/health/ready").status_code == 200
    with django_assert_num_queries(1):
        assert client.get("/health/ready").json() == {"status": "ok"}


@pytest.mark.django_db
def test_not_ready_before_migrate(client: Client) -> None:
    cache.clear()
    MigrationRecorder.Migration.objects.filter(app="events").delete()
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert "run `migrate`" in answer.json()["reason"]


def test_not_ready_without_a_database(client: Client, monkeypatch: Any) -> None:
    def away() -> str:
        raise OperationalError("could not connect to server at 10.0.0.1")

    cache.clear()
    monkeypatch.setattr(health, "unmigrated", away)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert "10.0.0.1" not in answer.content.decode()


@pytest.mark.django_db
def test_production_settings_pass_the_deployment_check() -> None:
    production = {
        "DATABASE_URL": server_url(),
        "SECRET_KEY": "production-only-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
        "ALLOWED_HOSTS": "example.org",
        "EMAIL_URL": "smtps://user:password@mail.example.org",
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, cwd=Path(settings.BASE_DIR), env=production, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
