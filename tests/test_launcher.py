"""`./dev` from a fresh copy: one clear line when something is wrong, and nothing left behind."""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from config.launcher.processes import own_signals
from tests.checkouts import (
    CHECKOUT,
    copy_checkout,
    dev,
    eventually,
    lend_environment,
    pids,
    processes_of,
    surroundings,
)

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc"),
]

NOBODY_LISTENS = "postgresql://nobody:secret@127.0.0.1:1/nothing"


@pytest.fixture(scope="module")
def checkout() -> Iterator[Path]:
    """Return a copy of this checkout whose environment is made already."""
    home = copy_checkout(Path(tempfile.mkdtemp(prefix="deltacrown-test-")))
    home.chmod(0o755)
    lend_environment(home)
    yield home
    eventually(lambda: not list(processes_of(home)))
    shutil.rmtree(home)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return a copy that holds the launcher alone, without any environment."""
    for name in ("dev", "requirements"):
        (shutil.copytree if (CHECKOUT / name).is_dir() else shutil.copy)(CHECKOUT / name, tmp_path / name)
    return tmp_path


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line with which a command refused to work."""
    *before, line = done.stderr.strip().splitlines()
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert all(each.startswith("dev: ") for each in before), done.stderr
    assert "secret" not in done.stderr
    return line


def test_the_entry_is_understood_by_python_3_8() -> None:
    ast.parse((CHECKOUT / "dev").read_text(), feature_version=(3, 8))
    assert os.access(CHECKOUT / "dev", os.X_OK)


def test_too_old_a_python_is_named_in_one_line(bare: Path) -> None:
    old = bare / "python3.11"
    old.write_text('#!/bin/sh\necho "3.11.2 0 $0"\n')
    old.chmod(0o755)
    line = refused(dev(bare, "run", DEV_PYTHON=str(old)))
    assert line.startswith(f"dev: DeltaCrown needs Python 3.12 or newer, found only 3.11.2 ({old}).")
    assert not (bare / ".venv").exists()


def test_a_python_that_does_not_run_is_named_in_one_line(bare: Path) -> None:
    assert refused(dev(bare, "test", DEV_PYTHON="/nowhere/python3")) == (
        "dev: DEV_PYTHON=/nowhere/python3 is not a Python that runs here."
    )


def test_an_unknown_word_lists_the_known_ones(checkout: Path) -> None:
    told = dev(checkout, "dance")
    assert told.returncode == 2
    assert "no such word: dance" in told.stderr
    assert all(f"\n  {word} " in told.stderr for word in ("run", "test", "check", "manage", "doctor", "lock"))


def test_manage_adds_nothing_to_stdout_and_keeps_the_status(checkout: Path) -> None:
    told = dev(checkout, "manage", "version")
    assert (told.returncode, told.stdout) == (0, subprocess.check_output(
        [sys.executable, "-m", "django", "version"], text=True,
    ))  # fmt: skip
    told = dev(checkout, "manage", "shell", "-v0", "-c", "import sys; print('out'); sys.exit(7)")
    assert (told.returncode, told.stdout) == (7, "out\n")


def test_doctor_tells_what_is_there_and_what_is_missing(checkout: Path) -> None:
    told = dev(checkout, "doctor")
    assert told.returncode == 0, told.stdout
    assert re.search(r"^ok +database +embedded PostgreSQL \d+", told.stdout, re.MULTILINE)
    told = dev(checkout, "doctor", DATABASE_URL=NOBODY_LISTENS)
    assert told.returncode == 1
    assert re.search(r"^MISS +database +Cannot reach", told.stdout, re.MULTILINE)
    assert "secret" not in told.stdout


@pytest.mark.parametrize("words", [["run"], ["test"]])
def test_a_database_that_does_not_answer_is_named_in_one_line(checkout: Path, words: list[str]) -> None:
    line = refused(dev(checkout, *words, DATABASE_URL=NOBODY_LISTENS, PORT=str(free_port())))
    assert line.startswith("dev: Cannot reach the database that DATABASE_URL names: ")
    assert "Connection refused" in line


def test_manage_names_a_database_that_does_not_answer_in_one_line(checkout: Path) -> None:
    told = dev(checkout, "manage", "migrate", DATABASE_URL=NOBODY_LISTENS)
    assert told.returncode == 1
    assert told.stderr.startswith("manage.py: Cannot reach the database: ")
    assert told.stderr.count("\n") == 1


def test_a_database_url_that_cannot_be_read_is_named_in_one_line(checkout: Path) -> None:
    line = refused(dev(checkout, "run", DATABASE_URL="mysql://u:secret@h/n", PORT=str(free_port())))
    assert line == "dev: DATABASE_URL does not start with postgresql://; only PostgreSQL will do."


def test_a_port_that_is_taken_or_impossible_is_named_in_one_line(checkout: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert refused(dev(checkout, "run", PORT=str(port))).startswith(f"dev: Port {port} is taken")
    assert (
        refused(dev(checkout, "run", PORT="eighty")) == "dev: PORT='eighty' is not a number from 1 to 65535."
    )


@contextmanager
def running(checkout: Path, port: int, **variables: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the site as a shell's background job would (SIGINT ignored); yield it and what it told by then."""
    process = subprocess.Popen(
        [checkout / "dev", "run"], cwd=checkout, env=surroundings(PORT=str(port), **variables), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )  # fmt: skip
    with process:
        try:
            assert process.stdout is not None
            told = ""
            while "Ctrl-C" not in told:
                line = process.stdout.readline()
                assert line, "it ended before it told where the site is"
                told += line
            yield process, told
        finally:
            process.kill()


def status_of(port: int) -> int | None:
    """Return the status of the sign-in page, or None when nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=10) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return None


def test_the_site_runs_survives_kills_and_leaves_nothing(checkout: Path) -> None:
    port = free_port()
    with running(checkout, port) as (process, told):
        assert f"http://127.0.0.1:{port}/" in told
        assert re.search(r"sign in +demo / \S{8,}", told)
        assert status_of(port) == 200
        again = dev(checkout, "run", PORT=str(free_port()))
        assert refused(again) == "dev: ./dev run is running in this checkout already."
        [worker] = eventually(lambda: pids(checkout, "manage.py worker"))
        os.kill(worker, signal.SIGKILL)
        eventually(lambda: set(pids(checkout, "manage.py worker")) - {worker})
        for pid in pids(checkout, "granian"):
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: status_of(port) == 200)
        killed = {pid for pid, _ in processes_of(checkout)}
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
    with running(checkout, port, SECRET_KEY="x" * 50) as (process, told):
        assert "no demo" in told
        assert status_of(port) == 200
        assert not killed & {pid for pid, _ in processes_of(checkout)}
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert not list(processes_of(checkout))
    with running(checkout, port, SECRET_KEY="x" * 50) as (process, _):
        process.kill()
        process.wait()
        eventually(lambda: not pids(checkout, "granian") and not pids(checkout, "worker"))


def test_a_child_whose_launcher_died_before_it_was_set_up_ends(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    orphan = subprocess.Popen([sys.executable, "-c", ""], preexec_fn=partial(own_signals, dead.pid))
    assert orphan.wait(30) == (1 if sys.platform == "linux" else 0)


@pytest.mark.slow
def test_a_fresh_clone_installs_itself(tmp_path: Path) -> None:
    home = copy_checkout(tmp_path)
    told = dev(home, "manage", "version")
    assert told.returncode == 0, told.stderr
    assert re.fullmatch(r"\d+\.\d+(\.\d+)?\n", told.stdout)
    assert "installing the runtime packages" in told.stderr
    assert dev(home, "manage", "version").stderr == ""
    assert dev(home, "test", "-q", "tests/test_settings.py").returncode == 0
    (home / "tests" / "test_red.py").write_text("def test_red():\n    assert 0\n")
    assert dev(home, "test", "-q", "tests/test_red.py").returncode == 1
    eventually(lambda: not list(processes_of(home)))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_has_a_server_of_its_own(checkout: Path) -> None:
    become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    if subprocess.run([*become, sys.executable, "-c", ""], capture_output=True).returncode:
        pytest.skip("the Python of this environment lies where no other user can reach it")
    with tempfile.TemporaryDirectory(prefix="deltacrown-test-") as name:
        home = Path(name)
        shutil.copytree(CHECKOUT / "config", home / "config")
        for path in [home, *home.rglob("*")]:
            os.chown(path, 65534, 65534)
        code = "from config import embedded; embedded.ensure(); print(embedded.let_go())"
        told = subprocess.run([*become, sys.executable, "-c", code], cwd=home, capture_output=True, text=True)
        assert told.stdout == "True\n", told.stderr
        assert (home / ".data/postgres/18").stat().st_uid == 65534
