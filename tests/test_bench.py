"""`./dev bench` compares like with like, and writes its rows as promised."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client

from apps.user_profile.models import Follow, FollowCounts
from benchmarks import __main__ as bench
from benchmarks import crowd, databases, readme, rows
from benchmarks.drf import ProfileView
from benchmarks.peers.peer import REDIS_URL, Peer
from benchmarks.rows import Row, by_turns, ratio

USERS = 60
# What a run of theirs takes at most, on a machine that does other work too.
BENCH_S = 840


def test_rows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = [Row("ours", 3, "theirs", 2, "calls/s", 1.5, 1.2), Row("worse", 1, "theirs", 2, "ms", 0.5, 0.8)]
    made.append(Row("only told", 1, "theirs", 2, "ms", 0.5))
    monkeypatch.setitem(rows.MEASUREMENTS, "sample", lambda sizes: iter(made))
    file = tmp_path / "rows.json"
    assert bench.main(["--quick", "--only", "sample", "--json", str(file)]) == 0
    written = json.loads(file.read_text())
    assert [row["met"] for row in written] == [True, False, None]
    assert {*written[0]} == {"measure", "ours", "peer", "peer_value", "limit", "ratio", "goal", "met"}
    told = capsys.readouterr().out.splitlines()
    assert [line.endswith(word) for line, word in zip(told, ("met", "MISSED", "0.5  "), strict=True)] == [
        True
    ] * 3


def test_the_readme_s_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = [
        Row("ours", 3_000, "theirs", 2, "calls/s", 1.5, 1.2),
        Row("worse", 1, "theirs", 2, "ms", 0.5, 0.8),
    ]
    monkeypatch.setitem(rows.MEASUREMENTS, "sample", lambda sizes: iter(made))
    monkeypatch.setattr(readme, "README", tmp_path / "README.md")
    readme.README.write_text(f"before\n{readme.BEGIN}old\n{readme.END}after\n")
    assert bench.main(["--only", "sample", "--readme"]) == 0
    text = readme.README.read_text()
    assert text.startswith(f"before\n{readme.BEGIN}")
    assert text.endswith(f"{readme.END}after\n")
    assert "old" not in text
    assert "| ours | 3,000 | theirs | 2 | calls/s | 1.5 | 1.2, met |" in text
    assert "| worse | 1 | theirs | 2 | ms | 0.5 | 0.8, **missed** |" in text
    readme.README.write_text("no marks\n")
    with pytest.raises(ValueError, match="has no lines"):
        readme.write(made)


def test_by_turns() -> None:
    said: list[str] = []
    values = by_turns(2, lambda: said.append("a") or 2.0, lambda: said.append("b") or 4.0)
    assert (said, values, ratio(*values)) == (["a", "b", "a", "b"], [[2.0, 2.0], [4.0, 4.0]], 0.5)


@pytest.mark.django_db
def test_the_crowd_is_whole_and_both_make_the_same_document(client: Client, rf: Any) -> None:
    crowd.gather(USERS)
    assert Follow.objects.count() == 2 * (crowd.REAL_EDGES * USERS // crowd.USERS)
    sums = FollowCounts.objects.aggregate(ours=Sum("follower_count"), theirs=Sum("following_count"))
    assert sums == {"ours": Follow.objects.count(), "theirs": Follow.objects.count()}
    for number in (1, 2, 3, 12):
        ours = client.get(f"/api/profiles/@player-{number}/").json()
        answer = ProfileView.as_view()(rf.get("/"), username=f"player-{number}")
        theirs = json.loads(answer.render().content)
        assert {**theirs, "privacy": None} == {**nulls(ours), "privacy": None}
        assert theirs["privacy"].items() <= (ours["privacy"] | {"can_send_message": False}).items()


def nulls(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document as serializers have it: an unset text is empty, not null."""
    return {
        key: "" if document[key] is None and key in ("bio", "country") else document[key] for key in document
    }


class OnRedis(Peer):
    """A peer on the Redis that the benchmark uses."""

    broker = REDIS_URL


class Away(Peer):
    """A peer whose broker nobody started."""

    broker = "redis://127.0.0.1:1/0"


def measured(*names: str, file: Path) -> dict[str, list[dict[str, Any]]]:
    """Run measurements with the smallest sizes; return the rows by what they measure."""
    command = [sys.executable, "-m", "benchmarks", "--tiny", "--json", str(file)]
    command += [word for name in names for word in ("--only", name)]
    env = databases.environment("deltacrown_bench_none")
    done = subprocess.run(
        command, cwd=databases.CHECKOUT, env=env, capture_output=True, text=True, timeout=BENCH_S
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-4_000:]
    found: dict[str, list[dict[str, Any]]] = {}
    for row in json.loads(file.read_text()):
        assert row["ours"] > 0, row
        assert row["peer_value"] > 0, row
        found.setdefault(row["measure"], []).append(row)
    return found


@pytest.mark.timeout(BENCH_S + 60)
def test_the_backbone_s_rows(tmp_path: Path) -> None:
    """In one run: the databases have the same names in all."""
    found = measured("peers", "latency", "drains", "growth", file=tmp_path / "rows.json")
    beside = {row["peer"].split(",")[0] for rows in found.values() for row in rows}
    assert {"pgqueuer", "procrastinate", "django-domain-events"} <= beside
    assert ("Celery + Redis" in beside) is not bool(OnRedis.absent())
    [sets] = next(rows for measure, rows in found.items() if "in sets by a worker" in measure)
    assert sets["goal"] == 20
    for pace in ("idle", "at 300/s"):
        for figure in ("p50", "p99"):
            assert any(row["goal"] == 1 for row in found[f"commit to effect, {pace}, {figure}"])
    for words in ("one by one, 10% of them", "in sets, 1% of them", "20 subscribers", "kept for each event"):
        assert any(words in measure for measure in found), words
    assert sum("1,000 events in the log and 50 subscribers" in measure for measure in found) == 2


def test_a_peer_whose_broker_is_away_is_left_out() -> None:
    assert Away.absent() == "nothing listens at 127.0.0.1:1"
    assert Peer.absent() == ""
