"""Copies of this checkout, with an environment that borrows our packages, for tests of the launcher."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

from config import env

CHECKOUT = Path(__file__).resolve().parent.parent
PATIENCE_S = 30.0  # for what happens soon, on a machine that is busy


def copy_checkout(target: Path) -> Path:
    """Copy what git knows, or would add, to a directory that any user can enter."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    for name in set(listed.stdout.split("\0")) - {""}:
        if (CHECKOUT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target / name)
    return target


def lend_environment(checkout: Path) -> None:
    """Make a `.venv` that uses our packages and that the launcher takes for current: nothing is installed."""
    venv = checkout / ".venv"
    (venv / "bin").mkdir(parents=True)
    for name in ("python", f"python{sys.version_info[0]}.{sys.version_info[1]}"):
        (venv / "bin" / name).symlink_to(Path(sys.executable).resolve())
    site = Path(sysconfig.get_path("purelib"))
    borrowed = venv / site.relative_to(sys.prefix)
    borrowed.parent.mkdir(parents=True)
    borrowed.symlink_to(site)
    shutil.copy(Path(sys.prefix) / "pyvenv.cfg", venv)
    lock = sha256((checkout / "requirements" / "dev.txt").read_bytes()).hexdigest()
    stamp = {"set": "dev", "lock": lock, "python": str(Path(sys.executable).resolve()), "venv": str(venv)}
    (venv / "deltacrown.json").write_text(json.dumps(stamp))


def surroundings(**variables: str) -> dict[str, str]:
    """Return this process's environment without any variable of ours, and with these."""
    ours = env.NAMES | {"DELTACROWN_DEV", "PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST"}
    return {name: value for name, value in os.environ.items() if name not in ours} | variables


def dev(checkout: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `./dev` in a checkout, to its end."""
    return subprocess.run(
        [checkout / "dev", *words], cwd=checkout, env=surroundings(**variables),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def processes_of(checkout: Path) -> Iterator[tuple[int, str]]:
    """Yield (pid, command line) of every process that works for a checkout (Linux); zombies have none."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_text(errors="replace").replace("\0", " ").strip()
            except OSError:
                continue
            if str(checkout) in command:
                yield int(entry.name), command


def pids(checkout: Path, part: str) -> list[int]:
    """Return the processes of a checkout whose command line has this part."""
    return [pid for pid, command in processes_of(checkout) if part in command]


def eventually[T](found: Callable[[], T], patience_s: float = PATIENCE_S) -> T:
    """Return what the function returns once it is true; fail when it is not for long."""
    deadline = time.monotonic() + patience_s
    while not (value := found()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
    return value


def server_url() -> str:
    """Return a DATABASE_URL of this run's server, for a process whose checkout would start one of its own."""
    from config.database import raw_connection_params

    params = raw_connection_params()
    named = {name: str(params[name]) for name in ("user", "password", "host", "port") if params.get(name)}
    return f"postgresql:///deltacrown?{urlencode(named)}"
