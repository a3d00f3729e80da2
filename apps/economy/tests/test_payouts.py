"""Published payouts: each row once, to the coin, however often the replay is started."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from apps.economy.models import Payee, Transaction
from apps.economy.replay.rows import NoPayouts, by_tournament, read_payouts, whole
from apps.economy.services import proof
from apps.events.testing import database_url, wait_until
from apps.events.verify import verify
from apps.user_profile.models import UserProfile
from apps.user_profile.testing import create_user

HEAD = "TournamentId,GameId,EndDate,PlayerId,CountryCode,PrizeUSD,Teamplay"
ROWS = (
    "1,5,2025-01-02,10,us,1.00,0",
    "1,5,2025-01-02,10,us,1.00,0",
    "2,5,2025-01-01,10,us,333.3333333,1",
    "2,5,2025-01-01,11,zz,333.3333333,1",
    "2,5,2025-01-01,12,,333.3333334,1",
    "2,5,2025-01-01,,ZZ,59.4,1",
    "3,5,2025-01-03,11,,0.0,1",
)


def write(folder: Path, *rows: str) -> Path:
    """Write a folder of payouts."""
    (folder / "player_results.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return folder


def replay(folder: Path) -> tuple[dict[str, Any], str]:
    """Pay a folder; return the summary, and what was reported."""
    out, errors = StringIO(), StringIO()
    call_command("replay_payouts", str(folder), json=True, stdout=out, stderr=errors)
    return json.loads(out.getvalue()), errors.getvalue()


def balances() -> dict[str, int]:
    """Return what every payee holds; what he has earned is the same."""
    users = {payee.user_id: payee.external_id for payee in Payee.objects.all()}
    found = UserProfile.objects.filter(user_id__in=users)
    assert all(profile.deltacoin_balance == profile.lifetime_earnings for profile in found)
    return {users[profile.user_id]: profile.deltacoin_balance for profile in found}


def prove() -> None:
    """Check the books and every copy."""
    proof.prove()
    assert not [finding for finding in verify() if finding.drift]


@pytest.mark.django_db
def test_rows_are_paid_once_and_to_the_coin(tmp_path: Path) -> None:
    write(tmp_path, *ROWS)
    summary, reported = replay(tmp_path)
    expected = {"rows": 7, "paid": 5, "skipped": 1, "empty": 1, "total": 100_200, "players": 3}
    assert summary == summary | expected
    assert reported == "skipped: row 6: no player\n"
    # A hundred thousand coins in three: the largest rest gets the coin that is left.
    assert balances() == {"10": 200 + 33_333, "11": 33_333, "12": 33_334}
    countries = UserProfile.objects.filter(country="US").values_list("display_name", flat=True)
    assert list(countries) == ["Player 10"]
    prove()
    again, _ = replay(tmp_path)
    assert again == again | {"paid": 0, "already_paid": 5, "total": 0, "players": 0}
    assert Transaction.objects.count() == 5


@pytest.mark.django_db
def test_a_row_that_changed_is_refused(tmp_path: Path) -> None:
    replay(write(tmp_path, *ROWS))
    with pytest.raises(CommandError, match="used for another request"):
        replay(write(tmp_path, ROWS[0].replace("1.00", "2.00")))
    prove()


@pytest.mark.django_db
def test_a_username_that_somebody_else_has(tmp_path: Path) -> None:
    create_user("PAYEE-10")
    with pytest.raises(CommandError, match="PAYEE-10 is taken"):
        replay(write(tmp_path, *ROWS))
    assert not Transaction.objects.exists()


@pytest.mark.parametrize(
    "row",
    [
        "1,5,2025-01-02,10,us,-1,0",
        "1,5,2025-01-02,10,us,nan,0",
        "1,5,2025-01-02,10,us,,0",
        "1,5,2025-01-02,10,us,1e999,0",
        "1,5,today,10,us,1,0",
        "1,5,2025-01-02,1 0,us,1,0",
        ",5,2025-01-02,10,us,1,0",
        "1",
    ],
)
def test_rows_that_cannot_be_paid_are_reported(tmp_path: Path, row: str) -> None:
    found = read_payouts(write(tmp_path, ROWS[0], row, ROWS[1]))
    assert (found.rows, [payout.number for payout in found.payouts], list(found.skipped)) == (3, [1, 3], [2])


def test_folders_without_payouts(tmp_path: Path) -> None:
    with pytest.raises(NoPayouts, match="holds no"):
        read_payouts(tmp_path)
    (tmp_path / "player_results.csv").write_text("a,b\n1,2\n")
    with pytest.raises(NoPayouts, match="no column TournamentId"):
        read_payouts(tmp_path)


@given(st.lists(st.fractions(0, 1000, max_denominator=997), min_size=1, max_size=30))
def test_whole_coins_sum_to_the_nearest_sum_and_nobody_is_off_by_one(exact: list[Fraction]) -> None:
    found = whole(exact)
    assert abs(sum(found) - sum(exact)) <= Fraction(1, 2)
    assert all(abs(coins - amount) < 1 for coins, amount in zip(found, exact, strict=True))


@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_it_pays_every_row_once(tmp_path: Path) -> None:
    rows = [
        f"{number},5,2025-01-{number % 28 + 1:02},{(number * place) % 17},us,{number}.{place}7,1"
        for number in range(1, 61)
        for place in range(1, 6)
    ]
    folder = write(tmp_path, *rows)
    environment = {**os.environ, "DATABASE_URL": database_url(), "TESTING": "1"}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "replay_payouts", str(folder), "--json"]
    killed = 0
    for share in (20, 120):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            wait_until(
                lambda share=share, process=process: (
                    Transaction.objects.count() >= share or process.poll() is not None
                ),
                timeout_s=90,
            )
        finally:
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
    assert killed == 2
    summary, _ = replay(folder)
    assert summary["paid"] + summary["already_paid"] == len(rows)
    expected: Counter[str] = Counter()
    for group in by_tournament(read_payouts(folder).payouts):
        for payout, coins in group:
            expected[payout.player] += coins
    assert balances() == expected
    assert Transaction.objects.count() == len(rows)
    prove()
