"""Brokers that a test may kill: a Redis and a RabbitMQ of its own, on free ports, in a folder of its own."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.checkouts import eventually

START_S = 90.0  # RabbitMQ takes its time


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def program(*names: str) -> str:
    """Return the first of these programs that is there; absent, the test is skipped (with CI it fails)."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if not found:
        missing = f"{names[0]} is not on PATH"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found


class Process:
    """A server that is started, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """Return how it is started."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Return what it finds in its environment."""
        return dict(os.environ)

    def answers(self) -> bool:
        """Return whether it listens."""
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def start(self) -> None:
        """Start it and wait for its answer."""
        with (self.folder / "broker.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), cwd=self.folder, env=self.environment(),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        eventually(self.answers, START_S)

    def stop(self) -> None:
        """Kill it, if it runs."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Redis(Process):
    """Redis; it keeps nothing."""

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        """Return how it is started."""
        return [
            program("redis-server"), "--bind", "127.0.0.1", "--port", str(self.port),
            "--save", "", "--appendonly", "no",
        ]  # fmt: skip

    def purge(self) -> None:
        """Lose every message."""
        import redis

        with redis.Redis.from_url(self.url) as session:
            session.flushall()


class RabbitMQ(Process):
    """A node of RabbitMQ that knows no other."""

    @property
    def url(self) -> str:
        """Where it is."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def command(self) -> list[str]:
        """Return how it is started."""
        return [program("/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server")]

    def environment(self) -> dict[str, str]:
        """Name a node of our own; what the system's node is told does not count."""
        told = self.folder / "rabbitmq.conf"
        told.write_text(f"listeners.tcp.1 = 127.0.0.1:{self.port}\n")
        return {
            **os.environ,
            "HOME": str(self.folder),
            "RABBITMQ_NODENAME": f"test{self.port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(told),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
        }

    def purge(self) -> None:
        """Lose every message."""
        from config.celery import app

        with app.connection_for_write(self.url) as link:
            for queue in app.conf.task_queues:
                queue(link.default_channel).purge()


def of(name: str, folder: Path) -> Redis | RabbitMQ:
    """Return a broker by its name."""
    return {"redis": Redis, "rabbitmq": RabbitMQ}[name](folder)
