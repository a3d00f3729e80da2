"""Each house rule bites, and lets the allowed form pass."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.house_rules import breaches, main

SERVICE = "apps/teams/services/roster.py"


def told(path: str, code: str) -> list[str]:
    """Return the rules that the code breaks."""
    return [breach.rule for breach in breaches(path, dedent(code))]


def test_this_checkout_keeps_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    "code",
    [
        "user.userprofile.display_name = 'x'",
        "profile.avatar, other = image, 1",
        "member.user.userprofile.bio += 'x'",
        "setattr(profile, 'display_name', 'x')",
        "UserProfile.objects.filter(pk=1).update(display_name='x')",
        "get_profile(1).display_name: str = 'x'",
    ],
)
def test_a_profile_is_written_by_its_own_app_only(code: str) -> None:
    assert len(told(SERVICE, code)) == 1
    assert told("apps/user_profile/services/profiles.py", code) == []
    assert told("apps/teams/tests/test_roster.py", code) == []


def test_other_things_may_have_a_display_name() -> None:
    assert told(SERVICE, "card.display_name = profile.display_name\nself.bio = 1") == []


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    user_joined_team.send(sender=None)",
        "def f():\n    with open('x'):\n        signals.user_joined_team.send_many(None, [])",
        "user_joined_team.send(sender=None)",
        "@transaction.atomic\ndef f():\n    on_commit(lambda: user_joined_team.send(None))",
        "@transaction.atomic\ndef f():\n    def later():\n        user_joined_team.send(None)",
        "class Roster:\n    def join(self):\n        user_joined_team.send(None)",
    ],
)
def test_an_event_is_announced_within_a_transaction(code: str) -> None:
    assert len(told(SERVICE, code)) == 1
    assert told("apps/teams/tests/test_roster.py", code) == []


@pytest.mark.parametrize(
    "code",
    [
        "@transaction.atomic\ndef f():\n    user_joined_team.send(sender=None)",
        "@transaction.atomic(using='x')\ndef f():\n    for x in y:\n        user_joined_team.send(None)",
        "def f():\n    with transaction.atomic(), other():\n        user_joined_team.send(sender=None)",
    ],
)
def test_a_bound_announcement_passes(code: str) -> None:
    assert told(SERVICE, code) == []


def test_a_model_announces_itself() -> None:
    code = "class Team(Model):\n    def announce_created(self):\n        team_created.send(Team)"
    assert told("apps/teams/models.py", code) == []
    assert told("apps/teams/models/team.py", code) == []
    assert told("apps/teams/models.py", "def f():\n    team_created.send(Team)") != []


@pytest.mark.parametrize("kind", ["", " Exception", " (ValueError, Exception)", " BaseException as error"])
def test_nothing_fails_silently(kind: str) -> None:
    assert len(told(SERVICE, f"try:\n    f()\nexcept{kind}:\n    log()")) == 1
    assert told(SERVICE, f"try:\n    f()\nexcept{kind}:\n    log()\n    raise") == []
    assert told("apps/events/delivery.py", f"try:\n    f()\nexcept{kind}:\n    pass") != []


def test_a_named_exception_may_be_handled() -> None:
    assert told(SERVICE, "try:\n    f()\nexcept (KeyError, ValueError):\n    pass") == []


@pytest.mark.parametrize("name", ["models", "views", "api"])
def test_the_rooms_of_other_apps_stay_shut(name: str) -> None:
    assert len(told(SERVICE, f"from apps.games.{name} import x")) == 1
    assert len(told(SERVICE, f"from apps.games import {name}")) == 1
    assert len(told(SERVICE, f"import apps.games.{name}")) == 1
    assert told(SERVICE, f"from apps.teams.{name} import x") == []
    assert told("apps/teams/tests/test_x.py", f"from apps.games.{name} import x") == []


def test_services_selectors_and_signals_of_others_are_open() -> None:
    code = "from apps.games import selectors, services\nfrom apps.tournaments.signals import match_won"
    assert told(SERVICE, code) == []


def test_signals_import_the_events_only() -> None:
    path = "apps/teams/signals.py"
    assert told(path, "from typing import Literal\nfrom apps.events import domain_event") == []
    assert len(told(path, "from apps.teams.models import Role")) == 1
    assert len(told(path, "from apps.games import signals")) == 1


def test_a_file_stays_readable() -> None:
    assert told(SERVICE, "x = 1\n" * 500) == []
    assert told(SERVICE, "x = 1\n" * 501) == ["has 501 lines, more than 500"]
    assert told("requirements/dev.txt", "x\n" * 501) == []


def test_no_address_of_an_index_is_kept() -> None:
    address = "https" + "://py" + "pi.org/simple"
    assert told("README.md", f"see {address}") == ["holds the address of a package index"]
    assert told("requirements/dev.txt", f"--extra {address}") == ["holds an address"]
