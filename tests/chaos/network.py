"""Several hosts on one machine: network namespaces on a bridge, with links that can be cut and slowed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NETS = Path("/run/netns")
DATABASE_HOST = "10.77.0.1"
CHECKOUT = Path(__file__).resolve().parents[2]


class CannotMake(Exception):
    """This machine gives us no hosts; the message has the command that failed."""


class Network:
    """A host for the database, and worker hosts 0, 1, 2 ..., each with one link to it."""

    def __init__(self, workers: int) -> None:
        self.names = [f"dc{os.getpid()}h{number}" for number in range(workers)]
        self.database = f"dc{os.getpid()}db"
        self.relays: list[subprocess.Popen[bytes]] = []

    def create(self) -> None:
        """Make the hosts and their links. Raises CannotMake."""
        self.host(self.database)
        self.ip("-n", self.database, "link", "add", "bridge", "type", "bridge")
        self.ip("-n", self.database, "addr", "add", f"{DATABASE_HOST}/24", "dev", "bridge")
        self.ip("-n", self.database, "link", "set", "bridge", "up")
        for number, name in enumerate(self.names):
            self.host(name)
            port = f"port{number}"
            ends = [
                "link",
                "add",
                "name",
                "uplink",
                "type",
                "veth",
                "peer",
                "name",
                port,
                "netns",
                self.database,
            ]
            self.ip("-n", name, *ends)
            self.ip("-n", self.database, "link", "set", port, "master", "bridge", "up")
            self.ip("-n", name, "addr", "add", f"10.77.0.{10 + number}/24", "dev", "uplink")
            self.heal(number)

    def host(self, name: str) -> None:
        """Make a host that reaches itself."""
        self.ip("netns", "add", name)
        self.ip("-n", name, "link", "set", "lo", "up")

    def cut(self, number: int) -> None:
        """Cut the link of a worker host: packets vanish, and nobody is told."""
        self.ip("-n", self.database, "link", "set", f"port{number}", "nomaster")

    def heal(self, number: int) -> None:
        """Mend the link of a worker host."""
        self.ip("-n", self.names[number], "link", "set", "uplink", "up")
        self.ip("-n", self.database, "link", "set", f"port{number}", "master", "bridge")

    def slow(self, number: int, *, delay_ms: int) -> int:
        """Put a delay on the way from a worker host to the database; return the port of its near end."""
        with self.inside(self.names[number]):
            relay = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.slow_link", DATABASE_HOST, "5432", str(delay_ms)],
                cwd=CHECKOUT, stdout=subprocess.PIPE,
            )  # fmt: skip
        self.relays.append(relay)
        assert relay.stdout is not None
        return int(relay.stdout.readline())

    @contextmanager
    def inside(self, name: str) -> Iterator[None]:
        """Be on a host: what this thread starts or opens meanwhile is there, and stays there."""
        with Path("/proc/thread-self/ns/net").open() as home, (NETS / name).open() as there:
            os.setns(there.fileno(), os.CLONE_NEWNET)
            try:
                yield
            finally:
                os.setns(home.fileno(), os.CLONE_NEWNET)

    def destroy(self) -> None:
        """Remove every host; whoever still runs there keeps a network of his own until he ends."""
        for relay in self.relays:
            assert relay.stdout is not None
            relay.kill()
            relay.wait()
            relay.stdout.close()
        for name in [*self.names, self.database]:
            if (NETS / name).exists():
                self.ip("netns", "delete", name)

    def ip(self, *words: str) -> None:
        """Run `ip`. Raises CannotMake."""
        try:
            subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            told = getattr(error, "stderr", None) or error
            raise CannotMake(f"ip {' '.join(words)}: {told}".strip()) from error
