"""The API as programs of others meet it: by a client that a generator made, and by the examples to copy."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.api.problems import KINDS
from apps.api.scopes import Scope
from apps.api.services import tokens
from apps.events.testing import deliver_all
from apps.user_profile.models import User
from apps.user_profile.services import follows, passports
from apps.user_profile.testing import create_user
from tests.checkouts import CHECKOUT

DOCS = CHECKOUT / "docs" / "api.md"
EXAMPLES = re.findall(r"^```(sh|python)\n(.*?)^```", DOCS.read_text(), re.MULTILINE | re.DOTALL)
# How a gap is closed; the receiver beside it is tried by apps/webhooks.
EXAMPLES += re.findall(
    r"^```(python)\n(import.*?)^```", DOCS.with_name("webhooks.md").read_text(), re.MULTILINE | re.DOTALL
)
BIN = Path(sys.executable).parent


@pytest.fixture
def site(live_server: Any) -> str:
    """Return the address of a site with a player whom three follow."""
    ada = create_user("ada", display_name="Ada Lovelace")
    passports.add(user_id=ada.pk, game_id=2, ign="Adaa#EUW")
    for name in ("bela", "cleo", "dora"):
        follows.follow(follower_id=create_user(name).pk, followed_id=ada.pk)
    deliver_all()
    return str(live_server.url)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """Return a function that imports a module of the client of the committed document."""
    home = tmp_path_factory.mktemp("client")
    command = ["generate", "--path", "docs/openapi.json", "--output-path", str(home / "deltacrown_client")]
    done = subprocess.run(
        [BIN / "openapi-python-client", *command, "--meta", "none"],
        cwd=CHECKOUT, capture_output=True, text=True,
        env=os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower(), done.stdout + done.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(home)
        yield lambda name: importlib.import_module(f"deltacrown_client{name}")
    for name in [name for name in sys.modules if name.startswith("deltacrown_client")]:
        del sys.modules[name]


@pytest.mark.django_db(transaction=True)
def test_a_generated_client(site: str, generated: Callable[[str], Any]) -> None:
    with generated("").Client(base_url=site) as client:
        get_profile = generated(".api.profiles.get_profile")
        profile = get_profile.sync("ada", client=client)
        assert (profile.display_name, profile.bio, profile.stats.follower_count) == ("Ada Lovelace", None, 3)
        assert [(each.game, each.ign) for each in profile.game_passports] == [("valorant", "Adaa#EUW")]

        list_followers, found, cursor = generated(".api.profiles.list_followers"), [], None
        for _page in range(2):
            page = list_followers.sync("ada", client=client, limit=2, cursor=cursor)
            found += [each.username for each in page.items]
            cursor = page.next_
        assert (found, cursor) == (["dora", "cleo", "bela"], None)

        problem = get_profile.sync("nobody", client=client)
        assert isinstance(problem, generated(".models").Problem)
        assert (problem.status, problem.type_) == (404, "/developers/#problem-not-found")


@pytest.mark.django_db(transaction=True)
def test_the_examples_run(
    site: str, require_service: Callable[[str], str], subtests: pytest.Subtests
) -> None:
    require_service("curl")
    _, token = tokens.create(
        user_id=User.objects.get(username="ada").pk, name="examples", scopes=Scope.values
    )
    assert {language for language, _code in EXAMPLES} == {"sh", "python"}
    for language, code in EXAMPLES:
        with subtests.test(code.strip().splitlines()[0]):
            command = [sys.executable, "-c", code] if language == "python" else ["sh", "-eu", "-c", code]
            done = subprocess.run(
                command, capture_output=True, text=True, env=os.environ | {"SITE": site, "TOKEN": token}
            )
            assert done.returncode == 0, done.stdout + done.stderr
            assert "Traceback" not in done.stderr


def test_every_problem_is_documented() -> None:
    listed = set(re.findall(r"^\| `([a-z-]+)` \| \d+ \|", DOCS.read_text(), re.MULTILINE))
    assert listed == {kind.code for kind in KINDS}


def test_every_scope_is_documented() -> None:
    assert set(Scope.values) <= set(re.findall(r"^\| `([a-z:]+)` \|", DOCS.read_text(), re.MULTILINE))
