"""The embedded PostgreSQL: shared while it is used, gone afterwards, back after any kill."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.embedded import server
from config.embedded.locks import FileLock, is_held
from config.embedded.resolver import NoPostgres, find_binaries
from tests.checkouts import CHECKOUT, eventually, pids, processes_of, surroundings

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc"),
]

COUNT = """
import psycopg
from config import embedded
with psycopg.connect(**embedded.connection_params(), autocommit=True) as connection:
    connection.execute("create table if not exists visit (pid int)")
    connection.execute("insert into visit values (pg_backend_pid())")
    print(connection.execute("select count(*) from visit").fetchone()[0], flush=True)
"""
HOLD = COUNT + "\nimport sys\nsys.stdin.read()"
LET_GO = COUNT + "\nembedded.let_go()"


@pytest.fixture(scope="module")
def checkout() -> Iterator[Path]:
    """Return a directory with the embedded server's code alone, which any user can enter."""
    home = Path(tempfile.mkdtemp(prefix="deltacrown-test-"))
    home.chmod(0o755)
    shutil.copytree(CHECKOUT / "config", home / "config", ignore=shutil.ignore_patterns("__pycache__"))
    yield home
    stopped(home)
    shutil.rmtree(home)


def python(checkout: Path, code: str) -> str:
    """Run code in a checkout and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=checkout, env=surroundings(), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@contextmanager
def holder(checkout: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a process that uses the server, wait until it is connected, and kill it in the end."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=checkout, env=surroundings(),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            assert process.stdout.readline()
            yield process
        finally:
            process.kill()  # it has no chance to say that it goes


def stopped(checkout: Path) -> None:
    """Stop the server and wait until nothing is left of it."""
    python(checkout, "from config import embedded; embedded.let_go()")
    eventually(lambda: not list(processes_of(checkout)))


def postmaster(checkout: Path) -> list[str]:
    """Return the lines of the running server's pid file."""
    return (
        (Path((checkout / ".data/postgres/running").read_text()) / "postmaster.pid").read_text().splitlines()
    )


def test_processes_share_one_server_and_the_last_one_stops_it(checkout: Path) -> None:
    with holder(checkout):
        with holder(checkout):
            server_pid, *_ = told = postmaster(checkout)
        python(checkout, LET_GO)
        assert postmaster(checkout)[0] == server_pid
    eventually(lambda: not list(processes_of(checkout)))
    assert not Path(told[4]).exists()


def test_starters_at_once_get_one_server(checkout: Path) -> None:
    before = int(python(checkout, COUNT))
    stopped(checkout)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: python(checkout, COUNT), range(4)))
    assert len(pids(checkout, "supervisor.py")) == 1
    assert int(python(checkout, COUNT)) == before + 5


@pytest.mark.parametrize("victims", [[" -D "], ["supervisor.py"], ["supervisor.py", " -D "]])
def test_the_server_is_back_after_a_kill_and_nothing_is_lost(checkout: Path, victims: list[str]) -> None:
    before = int(python(checkout, COUNT))
    with holder(checkout):
        killed = [pid for part in victims for pid in pids(checkout, part)]
        assert killed
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: not set(killed) & {pid for pid, _ in processes_of(checkout)})
        assert int(python(checkout, COUNT)) == before + 2
        assert len(pids(checkout, "supervisor.py")) == 1


def test_a_process_that_goes_on_gets_the_new_server(checkout: Path) -> None:
    kill = """
import os, signal, time
from config.embedded.server import RUNNING, postmaster, running
from pathlib import Path
os.kill(int(postmaster(Path(RUNNING.read_text()))[0]), signal.SIGKILL)
while running(): time.sleep(0.01)
"""
    first, second = python(checkout, COUNT + kill + COUNT).splitlines()
    assert int(second) == int(first) + 1


def test_a_data_directory_that_was_half_made_is_not_used() -> None:
    with tempfile.TemporaryDirectory(prefix="deltacrown-test-") as name:
        home = Path(name)
        home.chmod(0o755)
        shutil.copytree(CHECKOUT / "config", home / "config")
        half = home / ".data" / "postgres" / f"{find_binaries().major}.new-killed"
        (half / "base").mkdir(parents=True)
        assert python(home, LET_GO) == "1"
        assert not half.exists()
        eventually(lambda: not list(processes_of(home)))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run the server as somebody else")
def test_root_in_a_closed_directory_uses_the_persistent_temp_directory() -> None:
    with tempfile.TemporaryDirectory(prefix="deltacrown-test-") as name:
        shutil.copytree(CHECKOUT / "config", Path(name) / "config")
        mode = Path(name).stat().st_mode
        assert mode & 0o077 == 0
        assert python(Path(name), LET_GO) == "1"
        data = Path((Path(name) / ".data/postgres/running").read_text())
        try:
            assert data.parent.parent == Path("/var/tmp")
            assert data.stat().st_uid != 0
            assert data.stat().st_mode & 0o077 == 0
            assert Path(name).stat().st_mode == mode
            eventually(lambda: not pids(data.parent, "postgres"))
        finally:
            shutil.rmtree(data.parent)


def test_django_starts_it_with_the_first_connection_only(checkout: Path) -> None:
    stopped(checkout)
    setup = (
        "import django\nfrom django.conf import settings\nfrom config import database\n"
        "settings.configure(DATABASES={'default': database.embedded()})\ndjango.setup()\n"
        "from django.db import connection\n"
    )
    python(checkout, setup)
    assert not list(processes_of(checkout))
    code = setup + (
        "import psycopg\nparams = database.raw_connection_params()\n"
        "with psycopg.connect(**params) as raw: print(raw.info.dbname)\n"
        "with psycopg.connect(**connection.get_connection_params()) as raw: raw.execute('listen x')\n"
        "with connection.cursor() as cursor: cursor.execute('select 1')\n"
    )
    assert python(checkout, code) == "deltacrown"


def test_a_directory_without_postgres_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POSTGRES_BIN", str(tmp_path))
    with pytest.raises(NoPostgres, match=r"POSTGRES_BIN=.* holds no PostgreSQL 15 or newer"):
        find_binaries()


def test_a_full_disk_is_named() -> None:
    told = 'FATAL:  could not write lock file "postmaster.pid": No space left on device'
    assert (
        server.complaint("PostgreSQL does not start", told) == "The disk is full: PostgreSQL does not start."
    )


def test_a_lock_goes_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with FileLock(path) as lock:
        assert lock.attempt()
        assert is_held(path)
    assert not is_held(path)
