"""The economy: transfers of several clients at once, a wallet that all pay into, and reading a balance."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from statistics import median
from typing import Any

from benchmarks import databases
from benchmarks.names import per_s
from benchmarks.rows import Row, Sizes, by_turns, measurement, ratio

DATABASE = "deltacrown_bench_economy"
USERS = 1_000
CLIENTS = 8
CALLS = 300
END_S = 20
KINDS = ("ours", "theirs", "hot")

type Process = subprocess.Popen[str]


@measurement("economy")
def economy(sizes: Sizes) -> Iterator[Row]:
    """Transfer as clients do, and prove the books afterwards."""
    databases.fill(DATABASE, USERS)
    try:
        run("prepare", str(CLIENTS))
        yield from _transferred(sizes)
        run("prove")
        yield _read(sizes)
    finally:
        databases.drop(DATABASE)


def command(*words: str) -> dict[str, Any]:
    """Return what starts a process on the database."""
    return {
        "args": [sys.executable, "-m", "benchmarks.transfers", *words],
        "env": databases.environment(DATABASE),
    }


def run(*words: str) -> None:
    """Run a process to its end."""
    subprocess.run(**command(*words), check=True)


def _transferred(sizes: Sizes) -> Iterator[Row]:
    with ExitStack() as stack:
        clients = [stack.enter_context(client(number)) for number in range(1, CLIENTS + 1)]
        for each in clients:
            assert each.stdout
            assert each.stdout.readline() == "ready\n"
        together(clients, "ours", 1), together(clients, "theirs", 1)
        ours, theirs, hot = by_turns(
            sizes.rounds,
            *(lambda what=what: together(clients, what, sizes.seconds) for what in KINDS),
        )
        for each in clients:
            assert each.stdin
            each.stdin.close()
            assert each.wait(END_S) == 0
    yield Row(
        f"transfers, {CLIENTS} clients", round(median(ours)), "the same statements in a psycopg transaction",
        round(median(theirs)), "transfers/s", ratio(ours, theirs), 0.5,
    )  # fmt: skip
    yield Row(
        f"transfers into one wallet, {CLIENTS} clients, the books proved", round(median(hot)),
        "transfers between wallets of their own", round(median(ours)), "transfers/s", ratio(hot, ours),
    )  # fmt: skip


def client(number: int) -> Process:
    """Start a client; leaving its context waits for its end."""
    return subprocess.Popen(
        **command(str(number)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )


def together(clients: Sequence[Process], what: str, seconds: float) -> float:
    """Let all clients do this for so long; return how many transfers they made a second."""
    for each in clients:
        assert each.stdin
        each.stdin.write(f"{what} {seconds}\n")
    made = 0
    for each in clients:
        assert each.stdout
        made += int(each.stdout.readline())
    return made / seconds


def _read(sizes: Sizes) -> Row:
    databases.use(DATABASE)
    from django.db import connection

    from apps.economy import selectors
    from apps.economy.models import Account

    def bare() -> None:
        Account.objects.values_list("balance", flat=True).get(pk=account_id)

    account_id = Account.objects.values_list("pk", flat=True).get(user_id=1, book="WALLET")
    ours, theirs = by_turns(
        3 * sizes.rounds,
        per_s(lambda: selectors.balance_of(1), CALLS),
        per_s(bare, CALLS),
    )
    connection.close()
    return Row(
        "a balance, by player", round(median(ours)), "a bare values_list query by primary key",
        round(median(theirs)), "reads/s", ratio(ours, theirs),
    )  # fmt: skip
