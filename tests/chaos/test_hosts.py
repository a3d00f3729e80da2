"""Three worker hosts and a database host: links are cut, slow and mended, a worker freezes."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.checkouts import eventually

from . import cluster as clusters
from .actors import IDLE_S
from .audit import TABLES, audit, is_quiet
from .network import DATABASE_HOST, CannotMake, Network
from .zygote import Zygote

HOSTS = 3
EMITTERS = 2
EVENTS_PER_EMITTER = 4_000
DELAY_MS = 40
PATIENCE_S = 180.0

pytestmark = pytest.mark.slow


@pytest.fixture
def network() -> Iterator[Network]:
    """The hosts; a machine that gives us none says why."""
    one = Network(HOSTS)
    try:
        one.create()
        yield one
    except CannotMake as why:
        pytest.skip(str(why))
    finally:
        one.destroy()


@pytest.fixture
def cluster(network: Network) -> Iterator[clusters.Cluster]:
    """The database on its host, with the tables."""
    one = clusters.Cluster(listen=f"{DATABASE_HOST}/24")
    try:
        with network.inside(network.database):
            one.create()
        clusters.migrate(one.url)
        with psycopg.connect(one.url, autocommit=True) as session:
            session.execute(TABLES)
        yield one
    finally:
        one.destroy()


@pytest.fixture
def emitters(cluster: clusters.Cluster, tmp_path: Path) -> Iterator[Zygote]:
    """Emitters beside the database."""
    one = Zygote(tmp_path, workers=1, database="drill", url=cluster.url)
    yield one
    one.end()


@pytest.fixture
def hosts(network: Network, cluster: clusters.Cluster, tmp_path: Path) -> Iterator[list[Zygote]]:
    """One zygote on each worker host; the last one's link is slow."""
    found = []
    try:
        for number, name in enumerate(network.names):
            folder = tmp_path / name
            folder.mkdir()
            address = f"{DATABASE_HOST}:5432"
            if number == HOSTS - 1:
                address = f"127.0.0.1:{network.slow(number, delay_ms=DELAY_MS)}"
            url = f"postgresql://{clusters.USER}@{address}/drill"
            with network.inside(name):
                found.append(Zygote(folder, workers=1, database="drill", url=url))
        yield found
    finally:
        for one in found:
            one.end()


def sessions(auditor: psycopg.Connection, number: int) -> int:
    """Return how many sessions the server has for a worker host."""
    row = auditor.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE client_addr = %s", [f"10.77.0.{10 + number}"]
    ).fetchone()
    assert row
    return int(row[0])


def frozen(host: Zygote, pid: int) -> bool:
    """Freeze a host's worker inside a handler, if it is in one."""
    return host.freeze_inside(0, pid)


def test_links_are_cut_and_mended_and_a_worker_freezes(
    network: Network, cluster: clusters.Cluster, emitters: Zygote, hosts: list[Zygote]
) -> None:
    with cluster.connect() as auditor:
        workers = [host.fork("worker", 0, 0, number) for number, host in enumerate(hosts)]
        emitting = [emitters.fork("emitter", n, EVENTS_PER_EMITTER, n) for n in range(EMITTERS)]

        # The link is cut while a handler runs there: somebody who is not heard any more holds a lock.
        eventually(lambda: frozen(hosts[0], workers[0]))
        network.cut(0)
        os.kill(workers[0], signal.SIGCONT)
        eventually(lambda: sessions(auditor, 0) == 0, PATIENCE_S)
        network.heal(0)
        eventually(lambda: sessions(auditor, 0) > 0, PATIENCE_S)

        # Frozen until the server has ended its session; what it then does counts for nothing.
        eventually(lambda: frozen(hosts[1], workers[1]), PATIENCE_S)
        time.sleep(IDLE_S * 1.5)
        os.kill(workers[1], signal.SIGCONT)

        # Everybody is cut off, but for the slow one; he goes on alone.
        network.cut(0)
        network.cut(1)
        eventually(lambda: not emitters.any_alive(emitting), PATIENCE_S)
        network.heal(0)
        network.heal(1)
        eventually(lambda: is_quiet(auditor), PATIENCE_S)
        told = emitters.told()
        findings = audit(auditor, told)
    assert findings.is_clean, findings
    assert findings.events >= EMITTERS * EVENTS_PER_EMITTER
    assert all(host.alive(pid) for host, pid in zip(hosts, workers, strict=True))
