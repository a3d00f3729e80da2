"""Start, find and share the embedded PostgreSQL of this checkout.

Every process that uses the database holds a shared lock, its lease, for as long as it lives. The supervisor
stops the server when the last lease is gone. Nothing here runs at import.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from config.embedded import supervisor
from config.embedded.account import Account, NoAccount, find_account, place
from config.embedded.locks import FileLock, LockTimeout, is_held
from config.embedded.resolver import Binaries, NoPostgres, find_binaries

CHECKOUT = Path(__file__).resolve().parents[2]
STATE = CHECKOUT / ".data" / "postgres"
SUPERVISOR_LOCK = STATE / "supervisor.lock"
LEASE = STATE / "lease.lock"
LOG = STATE / "log"
RUNNING = STATE / "running"  # where the data of the running server lies
DATABASE = "deltacrown"
USER = "postgres"

START_TIMEOUT_S = 660.0  # one start at a time, and a start after a crash takes minutes (supervisor.START_S)
RECOVERY_TIMEOUT_S = 20.0  # for the sessions of a killed server to notice
LOG_BYTES_MAX = 10_000_000
SOCKET_PATH_BYTES_MAX = 107  # of the operating system, sun_path

OPTIONS = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",  # what was committed is still there after a kill -9 of the server
    "max_connections": "200",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_checkpoints": "off",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] ",
}

STILL_GOING = ("pre-existing shared memory", "already exists", "is still in use")


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot be had; the message says why."""


_mutex = threading.Lock()
_lease: FileLock | None = None


def ensure() -> Path:
    """Return the directory of the running server's socket; start the server when it is not running.

    This process holds a lease from the first call to its end. Raises EmbeddedError.
    """
    global _lease
    with _mutex:
        try:
            if _lease is None:
                STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
                lease = FileLock(LEASE)
                lease.take(shared=True, timeout_s=START_TIMEOUT_S)
                _lease = lease
            return running() or start()
        except LockTimeout:
            raise EmbeddedError(
                "The embedded PostgreSQL is neither starting nor stopping; see .data/postgres."
            ) from None
        except (NoPostgres, NoAccount) as error:
            raise EmbeddedError(str(error)) from None
        except PermissionError as error:
            raise EmbeddedError(f"{error.filename} belongs to another user.") from error
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise EmbeddedError("The disk is full: PostgreSQL does not start.") from error


def connection_params(database: str = DATABASE) -> dict[str, Any]:
    """Return what `psycopg.connect` needs; starts the server when it is not running."""
    return {"host": str(ensure()), "user": USER, "dbname": database}


def running() -> Path | None:
    """Return the socket directory of a server that accepts connections, or None."""
    if not SUPERVISOR_LOCK.exists() or not is_held(SUPERVISOR_LOCK):
        return None
    try:
        data = Path(RUNNING.read_text())
    except FileNotFoundError:
        return None
    told = postmaster(data)
    if len(told) < 8 or told[7].strip() != "ready":
        return None
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(Path(told[4]) / ".s.PGSQL.5432"))
        except OSError:
            return None
    return Path(told[4])


def postmaster(data: Path) -> list[str]:
    """Return the lines of the server's pid file: pid, data, start, port, sockets, address, memory, state."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def start() -> Path:
    """Start the server, unless another process does so first."""
    with FileLock(STATE / "start.lock") as lock:
        lock.take(timeout_s=START_TIMEOUT_S)
        found = running()
        if found:
            return found
        account = find_account()
        home, binaries = place(CHECKOUT, STATE, account, find_binaries())
        data = home / str(binaries.major)
        if not data.exists():
            initialise(data, account, binaries)
        RUNNING.write_text(str(data))
        stale = end_orphan(data)
        deadline = time.monotonic() + RECOVERY_TIMEOUT_S
        while True:
            sockets = socket_directory(account)
            if launch(data, sockets, account, binaries, stale):
                break
            told = log_tail()
            if not any(sign in told for sign in STILL_GOING) or time.monotonic() > deadline:
                raise EmbeddedError(complaint("PostgreSQL does not start", told))
            time.sleep(0.2)
        create_database(sockets)
        return sockets


def initialise(data: Path, account: Account, binaries: Binaries) -> None:
    """Make the data directory under another name first: one that is half made is never taken for one."""
    for left in data.parent.glob(f"{data.name}.new-*"):
        shutil.rmtree(left, ignore_errors=True)
    half = Path(tempfile.mkdtemp(dir=data.parent, prefix=f"{data.name}.new-"))
    account.own(half)
    locale = (
        ["--locale-provider=builtin", "--locale=C.UTF-8"] if binaries.major >= 17 else ["--locale=C.UTF-8"]
    )
    told = ""
    for each in (locale, ["--locale=C"]):
        done = subprocess.run(
            [binaries.directory / "initdb", "-D", half, "-U", USER, "--encoding=UTF8", *each,
             "--auth=trust", "--no-sync", "--no-instructions"],
            user=account.uid, group=account.gid, extra_groups=None if account.gid is None else [account.gid],
            cwd="/", env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode == 0:
            half.rename(data)
            return
        told = told or done.stdout + done.stderr
    shutil.rmtree(half, ignore_errors=True)
    raise EmbeddedError(complaint("PostgreSQL cannot make its data directory", told))


def environment(**more: str) -> dict[str, str]:
    """Return the environment of the server: none of the user's PG* variables or locales."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", **more}


def end_orphan(data: Path) -> str:
    """Stop a server whose supervisor died, and return the pid its pid file names.

    A pid that is gone, a zombie or somebody else's is left alone; the new server is told to ignore it.
    """
    told = postmaster(data)
    if not told:
        return ""
    pid = int(told[0])
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if not is_server(pid, data):
            break
        os.kill(pid, number)
        deadline = time.monotonic() + 5
        while is_server(pid, data) and time.monotonic() < deadline:
            time.sleep(0.02)
    if len(told) > 4 and told[4]:
        old = Path(told[4])
        if old.name.startswith("deltacrown-"):
            shutil.rmtree(old, ignore_errors=True)
    return told[0]


def is_server(pid: int, data: Path) -> bool:
    """Return whether the process is a PostgreSQL on this data directory (a zombie has no command line)."""
    try:
        if sys.platform == "linux":
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            return bytes(data) in words
        told = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout
    except OSError:
        return False
    return f"-D {data}" in told


def socket_directory(account: Account) -> Path:
    """Make a directory for the socket that only the server's user can enter, with a path short enough."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    places = [runtime] if runtime and account.uid is None and os.access(runtime, os.W_OK) else []
    for place_ in [*places, tempfile.gettempdir(), "/tmp"]:
        if len(os.fsencode(place_)) + len("/deltacrown-xxxxxxxx/.s.PGSQL.5432.lock") > SOCKET_PATH_BYTES_MAX:
            continue
        if account.uid is not None and not account.can("/bin/sh", "-c", 'test -x "$0"', place_):
            continue
        sockets = Path(tempfile.mkdtemp(prefix="deltacrown-", dir=place_))
        account.own(sockets)
        return sockets
    raise EmbeddedError("There is no temporary directory whose path is short enough for a socket.")


def launch(data: Path, sockets: Path, account: Account, binaries: Binaries, stale: str) -> bool:
    """Start a supervisor with its server; return whether the server came up."""
    if LOG.exists() and LOG.stat().st_size > LOG_BYTES_MAX:
        LOG.unlink()
    with LOG.open("a") as log:
        log.write(MARK)
    options = {**OPTIONS, "unix_socket_directories": str(sockets)}
    command = [str(binaries.directory / "postgres"), "-D", str(data)]
    command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    settings = {
        "command": command,
        "environment": environment(**({"PG_GRANDPARENT_PID": stale} if stale else {})),
        "data": str(data),
        "sockets": str(sockets),
        "log": str(LOG),
        "lease": str(LEASE),
        "supervisor_lock": str(SUPERVISOR_LOCK),
        "uid": account.uid,
        "gid": account.gid,
    }
    done = subprocess.run(
        [sys.executable, "-I", supervisor.__file__],
        input=json.dumps(settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    if done.stdout not in ("ready", "failed"):
        raise EmbeddedError(complaint("The supervisor of PostgreSQL does not start", done.stdout))
    return done.stdout == "ready"


MARK = "-- start\n"


def log_tail() -> str:
    """Return what the server wrote since its last start."""
    try:
        return LOG.read_text(errors="replace").rpartition(MARK)[2]
    except OSError:
        return ""


def complaint(what: str, told: str) -> str:
    """Return one line that says what went wrong, from the many that the programs wrote."""
    if "No space left on device" in told or "quota exceeded" in told:
        return f"The disk is full: {what}."
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "rror:" in line or "PANIC" in line] or lines[-1:]
    return f"{what}: {telling[0] if telling else 'it says nothing'} (see .data/postgres/log)"


def create_database(sockets: Path) -> None:
    """Create our database when the server is new."""
    import psycopg

    try:
        with psycopg.connect(host=str(sockets), user=USER, dbname="postgres", autocommit=True) as connection:
            if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
                connection.execute(f'create database "{DATABASE}"')
    except psycopg.Error as error:
        raise EmbeddedError(complaint("PostgreSQL cannot create the database", str(error))) from error


def let_go(*, timeout_s: float = 10.0) -> bool:
    """Give up this process's lease and, when it was the last one, wait until the server has stopped.

    Returns whether the server has stopped.
    """
    global _lease
    with _mutex:
        if _lease is not None:
            _lease.release()
            _lease = None
    deadline = time.monotonic() + timeout_s
    while SUPERVISOR_LOCK.exists() and is_held(SUPERVISOR_LOCK):
        if time.monotonic() > deadline or is_leased():
            return False
        with contextlib.suppress(ValueError, ProcessLookupError):
            os.kill(int(SUPERVISOR_LOCK.read_text()), signal.SIGTERM)  # it need not wait for newcomers
        time.sleep(0.05)
    return True


def is_leased() -> bool:
    """Return whether any process still uses the server (stopping it, the supervisor has the lock alone)."""
    with FileLock(LEASE) as lease:
        return not lease.attempt() and lease.attempt(shared=True)
