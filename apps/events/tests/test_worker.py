"""The worker as a process of its own, on the events that the project really has."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection

from apps.events import sequencer
from apps.events.models import Subscription
from apps.events.testing import database_url, deliver_all, running_worker, wait_until
from apps.games.models import Game
from apps.user_profile.models import GameProfile, UserActivity

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def player() -> Any:
    user = get_user_model().objects.create_user(username="worker-test")
    deliver_all()
    return user


def add_passport(player: Any, slug: str, ign: str) -> None:
    GameProfile.objects.create(user=player, game=Game.objects.get(slug=slug), ign=ign)


def logged(count: int) -> bool:
    return UserActivity.objects.filter(event_type="GAME_PASSPORT_ADDED").count() == count


def test_it_delivers_and_leaves_when_told(player: Any) -> None:
    with running_worker() as worker:
        add_passport(player, "call-of-duty", "Scump")
        wait_until(lambda: logged(1))
    assert worker.returncode == 0


def test_it_reconnects_when_the_database_cuts_it_off(player: Any) -> None:
    """As a restart of PostgreSQL does, to the connection that works and to the one that listens."""
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = %s"
    )
    with running_worker():
        add_passport(player, "call-of-duty", "Scump")
        wait_until(lambda: logged(1))
        with connection.cursor() as cursor:
            cursor.execute(cut, [connection.settings_dict["NAME"]])
        add_passport(player, "valorant", "Scump#NA1")
        wait_until(lambda: logged(2))


def test_two_workers_do_everything_once(player: Any) -> None:
    with running_worker(), running_worker():
        slugs = ["call-of-duty", "valorant"]
        for slug, ign in zip(slugs, ["Scump", "Scump#NA1"], strict=True):
            add_passport(player, slug, ign)
        wait_until(lambda: logged(2))
    assert UserActivity.objects.filter(user=player, event_type="GAME_PASSPORT_ADDED").count() == 2


def test_it_stores_no_declarations(player: Any) -> None:
    """Old code that still runs beside new code leaves what `migrate` stored as it is, and stands aside."""
    newer = ["something_new"]
    Subscription.objects.filter(name="user_profile.log_activity").update(types=newer)
    Subscription.objects.filter(name="user_profile.count_stats").delete()
    head = sequencer.head()
    with running_worker():
        add_passport(player, "call-of-duty", "Scump")
        wait_until(lambda: sequencer.head() > head)
    assert Subscription.objects.get(name="user_profile.log_activity").types == newer
    assert not Subscription.objects.filter(name="user_profile.count_stats").exists()
    assert not logged(1)


def test_the_readme_s_example_runs(player: Any, tmp_path: Path) -> None:
    """The two files that the README shows an integrator, through a real worker."""
    readme = (Path(__file__).parents[3] / "README.md").read_text()
    files = dict(code_blocks(readme))
    assert set(files) == {"apps/cheers/signals.py", "apps/cheers/subscribers.py"}
    assert sum(len([line for line in text.splitlines() if line.strip()]) for text in files.values()) < 15
    (tmp_path / "apps/cheers").mkdir(parents=True)
    (tmp_path / "apps/cheers/__init__.py").touch()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "with_cheers.py").write_text(
        f"import apps\napps.__path__.append({str(tmp_path / 'apps')!r})\n"
        "from config.settings import *\nINSTALLED_APPS = [*INSTALLED_APPS, 'apps.cheers']\n"
    )
    migrate = [sys.executable, "manage.py", "migrate", "-v0"]
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "with_cheers"}
    subprocess.run(
        migrate, env={**environment, "PYTHONPATH": str(tmp_path)}, cwd=settings.BASE_DIR, check=True
    )
    with running_worker(settings_module="with_cheers", path=str(tmp_path)):
        cheer(player.pk, tmp_path)
        wait_until(lambda: UserActivity.objects.filter(event_type="PLAYER_CHEERED").exists())
    activity = UserActivity.objects.get(event_type="PLAYER_CHEERED")
    assert activity.user_id == player.pk


def code_blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield (path, code) of the Python blocks whose first line is a comment with a path."""
    for block in text.split("```python\n")[1:]:
        code = block.split("```")[0]
        first = code.splitlines()[0]
        if first.startswith("# apps/cheers/"):
            yield first.removeprefix("# "), code


def cheer(user_id: int, folder: Path) -> None:
    """Send the example's event from this process."""
    import importlib

    import apps
    from apps.events import registry

    apps.__path__.append(str(folder / "apps"))
    try:
        signals = importlib.import_module("apps.cheers.signals")
        signals.player_cheered.send(sender=None, user_id=user_id, by_id=user_id)
    finally:
        apps.__path__.remove(str(folder / "apps"))
        registry.events.pop("player_cheered", None)
