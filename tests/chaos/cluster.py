"""A PostgreSQL cluster of the drill's own, which may be stopped, killed and starved of disk."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from ipaddress import ip_interface
from pathlib import Path
from typing import Any

import psycopg

from config.embedded.account import find_account, place
from config.embedded.resolver import find_binaries
from config.embedded.server import USER, environment

PATIENCE_S = 60.0
WAL_DISK_MB = 640
OPTIONS = {
    "fsync": "off",  # nobody pulls the plug of the machine; a killed server's writes are in the page cache
    "max_connections": "60",
    "max_prepared_transactions": "5",
    "max_wal_size": "256MB",
    "wal_keep_size": "0",
    "restart_after_crash": "on",
    "timezone": "UTC",
}


class CannotStart(Exception):
    """The server did not accept connections in time; the message has the end of its log."""


class Cluster:
    """One server with its data in a temporary directory, on a Unix socket, and on an address if given one."""

    def __init__(self, *, listen: str = "") -> None:
        """`listen` is an address with the length of its network, which may come in without a password."""
        self.listen = listen
        self.account = find_account()
        self.home = Path(tempfile.mkdtemp(prefix="deltacrown-chaos-", dir="/tmp"))
        self.home.chmod(0o755)
        _, self.binaries = place(self.home, self.home, self.account, find_binaries())
        self.work = self.home / "pg"
        self.work.mkdir()
        self.account.own(self.work)
        self.data, self.log = self.work / "data", self.home / "log"
        self.wal_disk = self.home / "wal"
        self.process: subprocess.Popen[bytes] | None = None
        # Why the disk of the write-ahead log cannot be filled here, if so.
        self.no_small_disk = self.mount_small_disk()

    def run(self, *words: str | Path) -> None:
        """Run a program of PostgreSQL to its end, as its user."""
        subprocess.run(words, cwd="/", env=environment(), check=True, capture_output=True, **self.identity)

    @property
    def identity(self) -> dict[str, Any]:
        """As whom the server runs, for subprocess."""
        groups = None if self.account.gid is None else [self.account.gid]
        return {"user": self.account.uid, "group": self.account.gid, "extra_groups": groups}

    @property
    def url(self) -> str:
        """The address of the drill's database."""
        return f"postgresql:///drill?host={self.work}&user={USER}"

    def mount_small_disk(self) -> str:
        """Give the write-ahead log a small disk of its own; return the complaint where that fails."""
        self.wal_disk.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={WAL_DISK_MB}m", "tmpfs", str(self.wal_disk)]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            return f"{' '.join(command)}: {getattr(error, 'stderr', None) or error}".strip()
        return ""

    def create(self) -> None:
        """Make the data directory, start the server and create the database."""
        waldir = self.wal_disk / "pg"
        waldir.mkdir()
        self.account.own(waldir)
        self.run(
            self.binaries.directory / "initdb", "-D", self.data, "-X", waldir, "-U", USER,
            "--encoding=UTF8", "--locale=C", "--auth=trust", "--no-sync",
        )  # fmt: skip
        if self.listen:
            with (self.data / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {ip_interface(self.listen).network} trust\n")
        self.start()
        with psycopg.connect(host=str(self.work), user=USER, dbname="postgres", autocommit=True) as admin:
            admin.execute("CREATE DATABASE drill")
            admin.execute("CREATE DATABASE elsewhere")

    def start(self) -> None:
        """Start the server and wait until it answers. Raises CannotStart."""
        options = {**OPTIONS, "unix_socket_directories": str(self.work)}
        options["listen_addresses"] = self.listen.partition("/")[0]
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    [self.binaries.directory / "postgres", "-D", self.data, *words], cwd="/",
                    env=environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self.identity,
                )  # fmt: skip
            while self.process.poll() is None and time.monotonic() < deadline:
                if self.answers():
                    return
                time.sleep(0.02)
            # The sessions of a killed server may still hold its memory.
            if time.monotonic() > deadline:
                raise CannotStart(self.log.read_text(errors="replace")[-2000:])
            time.sleep(0.1)

    def answers(self) -> bool:
        """Tell whether the server takes connections; one that has no place left does, too."""
        try:
            psycopg.connect(host=str(self.work), user=USER, dbname="postgres").close()
        except psycopg.OperationalError as error:
            return "too many clients" in str(error) or "reserved for" in str(error)
        return True

    def connect(self, database: str = "drill", **options: Any) -> psycopg.Connection[Any]:
        """Open a session."""
        return psycopg.connect(host=str(self.work), user=USER, dbname=database, autocommit=True, **options)

    def end(self, how: signal.Signals) -> None:
        """End the server: SIGINT is fast, SIGQUIT immediate, SIGKILL a crash of the postmaster alone."""
        assert self.process
        self.process.send_signal(how)
        self.process.wait(PATIENCE_S)

    def fill_wal_disk(self) -> None:
        """Leave no room for the write-ahead log: the server panics with the next segment."""
        with (self.wal_disk / "filler").open("wb") as file, suppress(OSError):
            while True:
                file.write(bytes(1 << 20))

    def free_wal_disk(self) -> None:
        """Make room again, and see the server come back, or start it if it died of it. Raises CannotStart."""
        (self.wal_disk / "filler").unlink()
        assert self.process
        deadline = time.monotonic() + PATIENCE_S
        while not self.answers():
            if self.process.poll() is not None:
                self.start()
            elif time.monotonic() > deadline:
                raise CannotStart(self.log.read_text(errors="replace")[-2000:])
            time.sleep(0.02)

    def destroy(self) -> None:
        """Stop the server and remove every trace."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(PATIENCE_S)
        if not self.no_small_disk:
            subprocess.run(["umount", str(self.wal_disk)], check=True)
        shutil.rmtree(self.home)


def migrate(url: str) -> None:
    """Make the tables."""
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"], cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "DATABASE_URL": url}, check=True, stdout=sys.stderr,
    )  # fmt: skip
