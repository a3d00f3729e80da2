"""Production as it is started: the command lines of `deploy/`, and what the doctor says of an environment."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
import yaml

from apps.events import sequencer
from apps.events.testing import database_url, deliver_all
from apps.user_profile.testing import create_user
from benchmarks.servers import free_port
from config import env
from config.embedded.resolver import find_binaries
from config.launcher import production
from tests.checkouts import CHECKOUT, copy_checkout, eventually, lend_environment, surroundings

DEPLOY = CHECKOUT / "deploy"
SERVE = (DEPLOY / "serve").read_text()
WORDS = set(re.findall(r"^([a-z]+)\)", SERVE, re.MULTILINE))
COMPOSE = yaml.safe_load((CHECKOUT / "compose.yaml").read_text())
# Read by the images of others.
OF_OTHERS = {"DATABASE_PASSWORD", "SITE_HOST", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"}
ENVIRONMENT = {
    "SECRET_KEY": "k" * 60,
    "DATABASE_URL": "postgresql://u@h/n",
    "ALLOWED_HOSTS": "play.example",
    "SITE_URL": "https://play.example",
    "TRUST_PROXY": "1",
    "REDIS_URL": "redis://h:6379/0",
    "EMAIL_URL": "smtp://h:25",
    "DEFAULT_FROM_EMAIL": "crown@play.example",
    "LIVE_URL": "https://play.example",
}


@pytest.fixture(scope="module")
def installed() -> Iterator[Path]:
    """Return a checkout as it is installed."""
    home = copy_checkout(Path(tempfile.mkdtemp(prefix="deltacrown-production-")))
    lend_environment(home)
    (home / "media").mkdir()
    yield home
    shutil.rmtree(home)


class Kept(urllib.request.HTTPRedirectHandler):
    """Follows nobody."""

    def redirect_request(self, *_: Any) -> None:
        """Refuse."""


class Answer(NamedTuple):
    """What the site said."""

    status: int
    headers: Message
    text: str


def ask(port: int, path: str, **headers: str) -> Answer:
    """Ask the site as its proxy does."""
    told = {"Host": "play.example", "X-Forwarded-Proto": "https", **headers}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=told)
    try:
        found = urllib.request.build_opener(Kept).open(request, timeout=10)
    except urllib.error.HTTPError as error:
        found = error
    with found:
        return Answer(found.status, found.headers, found.read().decode(errors="replace"))


@pytest.mark.django_db(transaction=True)
def test_the_site_is_served_as_in_production(installed: Path) -> None:
    port = free_port()
    variables = {**ENVIRONMENT, "DATABASE_URL": database_url(), "PORT": str(port), "WEB_WORKERS": "1"}
    del variables["REDIS_URL"]
    environment = surroundings(**variables)
    serve = installed / "deploy" / "serve"
    subprocess.run([serve, "prepare"], env=environment, check=True, timeout=120)
    site = subprocess.Popen([serve, "web"], env=environment)
    try:
        eventually(lambda: answers(port))
        page = ask(port, "/")
        assert page.status == 200
        assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
        style = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page.text)
        assert style, "the page names no style sheet with a hash"
        sheet = ask(port, style[1], **{"Accept-Encoding": "gzip"})
        assert (sheet.status, sheet.headers["Content-Encoding"]) == (200, "gzip")
        assert "immutable" in sheet.headers["Cache-Control"]
        assert ask(port, "/nowhere/").status == 404
        plain = ask(port, "/", **{"X-Forwarded-Proto": "http"})
        assert (plain.status, plain.headers["Location"]) == (301, "https://play.example/")
        assert ask(port, "/", Host="evil.example").status == 400
        told = subprocess.run([serve, "doctor"], env=environment, capture_output=True, text=True, timeout=60)
        lines = dict(re.findall(r"^(?:ok|MISS|note) +(.+?)  +(.*)$", told.stdout, re.MULTILINE))
        assert told.returncode == 1, told.stdout
        assert lines["static files"] == "are collected"
        assert lines["migrations"] == "all are applied"
        assert lines["worker"].startswith("none")
        assert "MISS  REDIS_URL" in told.stdout
        assert "MISS  mail" in told.stdout
        assert variables["SECRET_KEY"] not in told.stdout
    finally:
        site.send_signal(signal.SIGTERM)
        assert site.wait(timeout=30) == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_handbook_s_back_up_and_restore(installed: Path, tmp_path: Path) -> None:
    """Its commands, from this database into another one that takes it for a stranger's."""
    handbook = (CHECKOUT / "docs" / "operations.md").read_text()
    back_up, restore, take_over = re.findall(r"^```sh\n(.*?)^```", handbook, re.MULTILINE | re.DOTALL)
    binaries = find_binaries().directory
    name = f"restored_{free_port()}"
    target = re.sub(r"///[^?]+", f"///{name}", database_url())
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "picture.webp").write_text("a picture")

    def run(code: str, url: str, media: str) -> subprocess.CompletedProcess[str]:
        environment = surroundings(**ENVIRONMENT, MEDIA_ROOT=str(tmp_path / media)) | {
            "DATABASE_URL": url,
            "PATH": f"{binaries}:{os.environ['PATH']}",
        }
        code = code.replace("deltacrown.dump", f"{tmp_path}/deltacrown.dump").replace(
            "media.tar", f"{tmp_path}/media.tar"
        )
        return subprocess.run(
            ["sh", "-euc", code], cwd=installed, env=environment, capture_output=True, text=True
        )

    def succeed(code: str, url: str, media: str) -> None:
        done = run(code, url, media)
        assert done.returncode == 0, done.stdout + done.stderr

    create_user("ada", display_name="Ada Lovelace")
    deliver_all()
    head = sequencer.head()
    assert head
    succeed(back_up, database_url(), "media")
    (tmp_path / "elsewhere").mkdir()
    with psycopg.connect(database_url(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            succeed(restore, target, "elsewhere")
            assert (tmp_path / "elsewhere" / "picture.webp").read_text() == "a picture"
            with psycopg.connect(target, autocommit=True) as restored:
                restored.execute("UPDATE event_sequencer SET system_identifier = '1'")
                refused = run("deploy/serve worker", target, "elsewhere")
                assert refused.returncode == 1
                assert "events rebase" in refused.stderr
                succeed(take_over, target, "elsewhere")
                assert restored.execute("SELECT position FROM event_sequencer").fetchall() == [(head,)]
        finally:
            server.execute(f"DROP DATABASE {name}")


def answers(port: int) -> bool:
    """Tell whether the site answers."""
    try:
        return ask(port, "/health/live").status == 200
    except OSError:
        return False


def test_every_process_has_a_word(installed: Path) -> None:
    told = subprocess.run(
        [installed / "deploy" / "serve", "dance"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 2
    assert set(re.findall(r"[a-z]+", told.stderr.partition("serve ")[2])) == WORDS
    commands = {path.stem for path in (CHECKOUT / "apps").glob("*/management/commands/*.py")}
    assert set(re.findall(r"manage\.py (\w+)", SERVE)) <= commands | {"migrate", "collectstatic"}


def test_the_compose_file_names_what_is_there() -> None:
    services = COMPOSE["services"]
    assert {"web", "live", "worker", "webhooks", "database", "redis"} <= set(services)
    assert {service["command"][0] for service in services.values() if service.get("build")} <= WORDS
    assert set(COMPOSE["x-site"]["environment"]) <= env.NAMES
    asked = set(re.findall(r"\$\{(\w+)", (CHECKOUT / "compose.yaml").read_text()))
    assert asked <= env.NAMES | OF_OTHERS
    volumes = {name.partition(":")[0] for one in services.values() for name in one.get("volumes", [])}
    assert {name for name in volumes if not name.startswith(".")} == set(COMPOSE["volumes"])
    assert all((CHECKOUT / name).exists() for name in volumes if name.startswith("."))
    proxied = re.findall(r"reverse_proxy (\w+):(\d+)", (DEPLOY / "Caddyfile").read_text())
    assert dict(proxied) == dict(re.findall(r"(web|live).*?\$\{(?:LIVE_)?PORT:-(\d+)\}", SERVE, re.DOTALL))


def test_the_compose_file_gives_production_what_it_needs() -> None:
    given = {"SITE_HOST": "play.example", "SECRET_KEY": "k" * 60, **ENVIRONMENT}
    stated = {
        name: re.sub(r"\$\{(\w+)[^}]*\}", lambda found: given.get(found[1], "word"), str(value))
        for name, value in COMPOSE["x-site"]["environment"].items()
    }
    assert [one for one in production.environment(stated) if not one.good] == []


def test_the_image_is_made_of_what_is_there() -> None:
    dockerfile = (CHECKOUT / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE):
        for name in line.split()[:-1]:
            assert (CHECKOUT / name).exists(), name
    assert (CHECKOUT / re.findall(r'ENTRYPOINT \["(.+)"\]', dockerfile)[0]).exists()
    names = set(re.findall(r"\b([A-Z][A-Z_]{3,})=", dockerfile)) - {"PATH", "PYTHONUNBUFFERED"}
    assert names <= env.NAMES


UNITS = sorted((DEPLOY / "systemd").iterdir())


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_the_units_are_well_formed(unit: Path, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd is not on this machine")
    for each in UNITS:
        text = each.read_text().replace("/srv/deltacrown", str(CHECKOUT)).replace("=deltacrown\n", "=root\n")
        (tmp_path / each.name).write_text(text)
    name = unit.name.replace("@.", "@web.")
    (tmp_path / name).write_text((tmp_path / unit.name).read_text())
    told = subprocess.run(
        [program, "verify", "--man=no", "--recursive-errors=no", tmp_path / name],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    complaints = [line for line in told.stderr.splitlines() if str(tmp_path) in line or unit.stem in line]
    assert complaints == [], told.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", ""),
        ("ALLOWED_HOSTS", "localhost"),
        ("ALLOWED_HOSTS", "*"),
        ("SITE_URL", "http://play.example"),
        ("SITE_URL", "https://elsewhere.example"),
        ("DEBUG", "1"),
        ("TESTING", "1"),
        ("MAINTENANCE", "1"),
        ("HTTPS", "0"),
        ("TRUST_PROXY", ""),
        ("REDIS_URL", ""),
        ("EMAIL_URL", "console:"),
        ("DEFAULT_FROM_EMAIL", ""),
    ],
)
def test_what_an_environment_lacks_is_named(name: str, value: str) -> None:
    assert [one.name for one in production.environment(ENVIRONMENT) if not one.good] == []
    lacking = {one.name for one in production.environment({**ENVIRONMENT, name: value}) if one.good is False}
    # Without its host, the site's address is not one of the site's, either.
    assert name in lacking
    assert lacking <= {name, "SITE_URL"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("fsync", "off", False),
        ("synchronous_commit", "off", False),
        ("synchronous_commit", "remote_apply", True),
        ("max_prepared_transactions", "10", False),
        ("autovacuum", "off", False),
        ("server_version_num", "140011", False),
        ("max_connections", "20", False),
        ("archive_mode", "off", None),
    ],
)
def test_what_a_server_lacks_is_named(name: str, value: str, good: bool | None) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings")
        settings = {**dict(cursor.fetchall()), name: value}
    shown = {"server_version_num": "PostgreSQL"}.get(name, name)
    assert {one.name: one.good for one in production.server(settings)}[shown] is good


def test_who_is_connected() -> None:
    assert [one.good for one in production.sessions(2, 0, 0)] == [True, True]
    assert [one.good for one in production.sessions(0, 3, 1)] == [False, None, False]
