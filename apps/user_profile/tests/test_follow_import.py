"""A published follow graph, imported: every row announced, once, however often it is started."""

import gzip
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.events.models import EventLog
from apps.user_profile.models import Block, Follow, FollowCounts, User
from apps.user_profile.services import follow_import, follows

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "DE_edges.csv.gz", "from,to\n0,1\n0,2\n1,2\n")
    write(tmp_path / "FR_edges.csv.gz", "from,to\n0,1\n")
    return tmp_path


def write(path: Path, text: str) -> None:
    with gzip.open(path, "wt") as file:
        file.write(text)


def told(folder: Path) -> str:
    out = StringIO()
    call_command("import_follows", str(folder), stdout=out)
    return out.getvalue()


def test_everybody_and_both_directions(folder: Path) -> None:
    assert "5 players, 8 follows, 8 of them new" in told(folder)
    assert Follow.objects.count() == EventLog.objects.filter(event_type="user_followed").count() == 8
    zero = User.objects.get(username="de-0")
    assert not zero.has_usable_password()
    counts = FollowCounts.objects.get(user=zero)
    assert (counts.follower_count, counts.following_count) == (2, 2)
    assert {row.created_at for row in Follow.objects.all()} == {follow_import.COLLECTED_AT}


def test_again_it_goes_on_where_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_import, "FOLLOWS_AT_ONCE", 3)
    graph = follow_import.read(folder)
    list(follow_import.sign_up(graph.usernames))
    assert next(follow_import.follow(graph)) == (3, 3)
    assert "8 follows, 5 of them new" in told(folder)
    assert "8 follows, 0 of them new" in told(folder)
    assert EventLog.objects.filter(event_type="user_followed").count() == 8
    assert EventLog.objects.filter(event_type="profile_created").count() == 5


def test_a_block_wins_over_the_import(folder: Path) -> None:
    told(folder)
    one, other = (User.objects.get(username=name).pk for name in ("de-0", "de-1"))
    follows.block(user_id=one, blocked_id=other)
    told(folder)
    assert Follow.objects.count() == 6
    Block.objects.all().delete()
    assert "2 of them new" in told(folder)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a,b\n0,1\n", "from,to"),
        ("", "from,to"),
        ("from,to\n0,1\n0,x\n", r"line 3: 'x' is not an id"),
        ("from,to\n0,-1\n", "line 2"),
        ("from,to\n0,1,2\n", "line 2"),
        ("from,to\n0\n", "line 2"),
        ("from,to\n3,3\n", "line 2: nobody follows himself"),
        ("from,to\n0," + "9" * 40 + "\n", "line 2"),
        ("from,to\n0,\u0661\n", "DE_edges"),
        ("from,to\n0,1\0\n", "line 2"),
    ],
)
def test_what_cannot_be_read_stores_nothing(folder: Path, text: str, complaint: str) -> None:
    write(folder / "DE_edges.csv.gz", text)
    with pytest.raises(CommandError, match=complaint):
        told(folder)
    assert not User.objects.exists()


def test_what_is_no_graph(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="name the folder"):
        told(tmp_path)
    with pytest.raises(CommandError, match="name the folder"):
        told(tmp_path / "nowhere")
    (tmp_path / "DE_edges.csv.gz").write_bytes(b"not gzip")
    with pytest.raises(CommandError, match=r"DE_edges\.csv\.gz"):
        told(tmp_path)
    (tmp_path / "DE_edges.csv.gz").rename(tmp_path / "D E_edges.csv.gz")
    with pytest.raises(CommandError, match="usernames"):
        told(tmp_path)
