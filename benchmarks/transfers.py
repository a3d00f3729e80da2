"""One client of the economy's measurement, a process of its own: `python -m benchmarks.transfers NUMBER`.

It sends a coin to and fro between two wallets of its own, or from its own to one that all clients pay into.
The peer, with two wallets of its own, is what the service itself sends to the database for it, written
down once and played by psycopg in one explicit transaction: the same statements but the savepoints, with keys
and ids of its own.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

FUNDS = 10**9
HOT = 1
# Transactions are numbered from here: a number that nothing else in a recorded statement is.
NUMBERED_FROM = 7_000_000_000_000


def prepare(clients: int) -> None:
    """Fund the wallets of so many clients."""
    from django.db import connection

    from apps.economy.services import wallets

    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SEQUENCE economy_transaction_id_seq RESTART WITH {NUMBERED_FROM}")
    for user_id in range(HOT, 4 * clients + 2):
        wallets.deposit(user_id=user_id, amount=FUNDS, key=str(user_id))


def prove() -> None:
    """Check the books."""
    from apps.economy.services import proof

    proof.prove()


def obey(number: int) -> None:
    """Obey lines like `ours 1.5`, also theirs and hot: work for so long, and print how many were made."""
    client = Client(number)
    acts = {"ours": client.ours, "theirs": client.theirs, "hot": client.hot}
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        name, seconds = line.split()
        deadline, made = time.perf_counter() + float(seconds), 0
        while time.perf_counter() < deadline:
            acts[name]()
            made += 1
        sys.stdout.write(f"{made}\n")
        sys.stdout.flush()


@dataclass
class Recording:
    """The statements of one transfer, and what in them is its own."""

    key: str
    transaction_id: int = 0
    statements: list[tuple[str, Any]] = field(default_factory=list)


class Client:
    """A client of the service, and of the database by the same statements."""

    def __init__(self, number: int) -> None:
        from django.db import connection

        first = 4 * number - 2
        self.pair, self.peers_pair = (first, first + 1), (first + 2, first + 3)
        self.turns, self.peers_turns = itertools.count(), itertools.count()
        self.owner = uuid4().hex
        self.peer = connection.Database.connect(**connection.get_connection_params(), autocommit=True)
        self.recordings = self.record()

    def send(self, from_id: int, to_id: int, key: str) -> int:
        """Transfer a coin by the service; return the transaction's id."""
        from apps.economy.services import wallets

        return wallets.transfer(from_id=from_id, to_id=to_id, amount=1, key=key).pk

    def ours(self) -> None:
        """Transfer by the service."""
        turn = next(self.turns)
        self.send(*(self.pair if turn % 2 else self.pair[::-1]), key=f"{self.owner}-{turn}")

    def hot(self) -> None:
        """Transfer into the wallet that all pay into."""
        self.send(self.pair[0], HOT, f"{self.owner}-{next(self.turns)}")

    def record(self) -> list[Recording]:
        """Return what the service sends for a transfer to and for one fro; nothing of it stays."""
        from django.db import connection, transaction

        found: list[Recording] = []

        def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, where: Any) -> Any:
            if "SAVEPOINT" not in sql:
                found[-1].statements.append((sql, params))
            return execute(sql, params, many, where)

        with transaction.atomic(), connection.execute_wrapper(note):
            for way, (from_id, to_id) in enumerate((self.peers_pair, self.peers_pair[::-1])):
                found.append(Recording(key=f"{self.owner}-recorded-{way}"))
                found[-1].transaction_id = self.send(from_id, to_id, found[-1].key)
            transaction.set_rollback(True)
        return found

    def theirs(self) -> None:
        """Transfer by the recorded statements."""
        turn = next(self.peers_turns)
        recording = self.recordings[turn % 2]
        names: dict[Any, Any] = {recording.key: f"{self.owner}-peer-{turn}"}
        with self.peer.transaction(), self.peer.cursor() as cursor:
            for sql, params in recording.statements:
                cursor.execute(sql, renamed(params, names))
                rows = cursor.fetchall() if cursor.description else []
                if sql.startswith('INSERT INTO "economy_transaction"'):
                    names[recording.transaction_id] = rows[0][0]
                    names[str(recording.transaction_id)] = str(rows[0][0])


def renamed(value: Any, names: dict[Any, Any]) -> Any:
    """Return recorded parameters with other keys and ids: those that are named, and every UUID a new one."""
    if isinstance(value, dict):
        return {key: renamed(each, names) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [renamed(each, names) for each in value]
    if isinstance(value, UUID):
        return names.setdefault(value, uuid4())
    if isinstance(value, str):
        for old, new in names.items():
            if isinstance(old, str):
                value = value.replace(old, new)
        return value
    return names.get(value, value) if isinstance(value, int) else value


def main(arguments: list[str]) -> None:
    """Do it, on the database that the environment names."""
    import django

    django.setup()
    match arguments:
        case ["prepare", clients]:
            prepare(int(clients))
        case ["prove"]:
            prove()
        case [number]:
            obey(int(number))


if __name__ == "__main__":
    main(sys.argv[1:])
