"""The matrix: every viewer, every setting, every exit. An exit or a setting without an answer fails.

A viewer asks an exit again when what it has to show him changes; and once while everything else is hidden,
which has to change nothing. With --slow he asks every exit in every state.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, ClassVar

import pytest
from django.contrib import admin
from django.test import Client, TestCase
from django.urls import URLPattern, URLResolver, get_resolver

from apps.user_profile.models import PrivacySettings, StaffLook, User
from apps.user_profile.models.privacy import DEFAULTS, SETTINGS, SWITCHES, Preset
from apps.user_profile.selectors.privacy import Part, Standing, seen_by, viewer_of
from apps.user_profile.services.privacy import update

from .exits import EXITS, LEAKS, Exit
from .not_exits import NOT_EXITS, UNWATCHED
from .scene import PROVIDER_ID, Scene
from .table import ANSWERED, TAKEN_BY_SWITCH, shown

type Change = dict[str, Any]


def states() -> Iterator[tuple[str, Change]]:
    """Yield every value of every setting but the default, alone; and the presets."""
    yield "as_born", {}
    for name in SWITCHES:
        field = PrivacySettings._meta.get_field(name)
        values = [value for value, _ in field.choices] if field.choices else [True, False]
        for value in values:
            if value != DEFAULTS[name]:
                yield f"{name}_{value}".lower(), {name: value}
    for preset in (Preset.PROTECTED, Preset.PRIVATE):
        yield f"preset_{preset}".lower(), {"visibility_preset": preset}


class Matrix(TestCase):
    """Each state of the settings is one test, added below."""

    scene: Scene
    clients: dict[tuple[Standing, bool], Client]
    is_slow: bool
    # Whether everything is hidden that the exits asked do not tell of.
    is_beside: bool
    asked: ClassVar[set[Any]] = set()

    @classmethod
    def setUpTestData(cls) -> None:
        """Set the scene, and open a browser and a program for each viewer."""
        cls.scene = Scene()

    @pytest.fixture(autouse=True)
    def _options(self, pytestconfig: pytest.Config) -> None:
        self.is_slow = pytestconfig.getoption("--slow")

    def setUp(self) -> None:
        self.clients = {}
        self.is_beside = False

    def client_of(self, standing: Standing, exit_: Exit) -> Client:
        """Return what the viewer asks with."""
        key = (standing, exit_.is_api)
        if key not in self.clients:
            self.clients[key] = (self.scene.api if exit_.is_api else self.scene.pages)(standing)
        return self.clients[key]

    def faults(self, standing: Standing, exit_: Exit, parts: set[Part]) -> Iterator[str]:
        """Ask one exit as one viewer; yield what is there and should not be, or the other way round."""
        if standing not in exit_.only:
            return
        answer = self.client_of(standing, exit_).get(exit_.path)
        there = exit_.needs is None or exit_.needs in parts
        if answer.status_code != (200 if there else 404):
            yield f"answers {answer.status_code}"
            return
        text = answer.content.decode() if there else ""
        for part, pattern in exit_.tells.items():
            if bool(re.search(pattern, text, re.DOTALL)) != (part in parts):
                yield f"{'hides' if part in parts else 'shows'} {part}"
        for together, pattern in exit_.tells_all.items():
            if bool(re.search(pattern, text, re.DOTALL)) != (together <= parts):
                yield f"{'hides' if together <= parts else 'shows'} what tells of {sorted(together)}"
        for part, pattern in LEAKS.items():
            if part not in parts and re.search(pattern, text):
                yield f"leaks {part}"
        if PROVIDER_ID in text:
            yield "shows by what a game knows him"
        if there and exit_.always not in text:
            yield "lost the name in the record"

    def walk(self, *, is_active: bool = True, among: Iterable[Exit] = EXITS) -> None:
        """Compare, for every viewer, the decision with the table, then every exit with the decision."""
        settings = PrivacySettings.objects.values().get(user_profile__user=self.scene.tracy)
        table = partial(shown, settings=settings, is_active=is_active)
        found = []
        for standing in Standing:
            if standing is Standing.OWNER and not is_active:
                continue  # he cannot sign in
            found += self.decided(standing, table(standing))
            exits = [exit_ for exit_ in among if self.is_new(standing, exit_, table)]
            found += [
                f"{exit_.path} for {standing}: {fault}"
                for exit_ in exits
                for fault in self.faults(standing, exit_, exit_.parts(standing, table))
            ]
            if standing is Standing.STAFF:
                found += self.staff_faults(exits, table(Standing.SIGNED_IN))
        assert not found, "\n".join(found)

    def decided(self, standing: Standing, parts: set[Part]) -> Iterator[str]:
        """Yield where the one function and the table differ."""
        viewer = viewer_of(self.scene.user_of(standing))
        seen = seen_by(viewer, [self.scene.tracy.pk])[self.scene.tracy.pk]
        if seen.standing is not standing or seen.parts | seen.lifted != parts:
            yield f"{standing}: {sorted(parts ^ (seen.parts | seen.lifted))}"

    def is_new(self, standing: Standing, exit_: Exit, table: Callable[[Standing], set[Part]]) -> bool:
        """Tell whether no state before gave this viewer the same to see there; with --slow all are asked."""
        parts = frozenset(exit_.parts(standing, table))
        beyond = parts - table(Standing.SIGNED_IN) if standing is Standing.STAFF else frozenset()
        key = (self.is_beside, standing, exit_.path, parts & exit_.told, beyond & exit_.told)
        is_new = key not in self.asked or self.is_slow
        self.asked.add(key)
        return is_new

    def staff_faults(self, exits: list[Exit], ordinary: set[Part]) -> Iterator[str]:
        """Yield what staff saw beyond others and is not written down, or the other way round."""
        noted = {part for look in StaffLook.objects.filter(user=self.scene.tracy) for part in look.parts}
        beyond = {part for exit_ in exits if not exit_.is_public for part in exit_.tells} - ordinary
        if not beyond <= noted or noted & ordinary:
            yield f"staff saw {sorted(beyond)}, noted is {sorted(noted)}"

    def test_a_closed_account(self) -> None:
        User.objects.filter(pk=self.scene.tracy.pk).update(is_active=False)
        self.walk(is_active=False)


def in_state(change: Change) -> Callable[[Matrix], None]:
    """Return the test of one state."""

    def test(self: Matrix) -> None:
        update(user_id=self.scene.tracy.pk, **change)
        self.walk()

    return test


for name, change in states():
    setattr(Matrix, f"test_{name}", in_state(change))


def beside(told: frozenset[Part]) -> Callable[[Matrix], None]:
    """Return the test of the exits that tell of these parts, while switches hide all others."""

    def test(self: Matrix) -> None:
        hidden = {switch: False for switch, taken in TAKEN_BY_SWITCH.items() if not taken & told}
        update(user_id=self.scene.tracy.pk, **hidden)
        self.is_beside = True
        self.walk(among=[exit_ for exit_ in EXITS if exit_.told == told])

    return test


for told in {exit_.told for exit_ in EXITS}:
    setattr(Matrix, "_".join(["test_beside", *sorted(told)]).lower(), beside(told))


# What must not be forgotten.


def test_every_setting_has_an_answer() -> None:
    assert set(SETTINGS) == set(ANSWERED), "give the new setting its row in tests/privacy/table.py"


def test_every_part_has_a_switch_or_a_rule() -> None:
    """A part that no setting takes away and no standing lacks would be a part that cannot be hidden."""
    nothing = dict.fromkeys(SWITCHES, False) | {"inventory_visibility": "PRIVATE"}
    nothing |= {"followers_list_visibility": "only_me", "following_list_visibility": "only_me"}
    assert shown(Standing.FOLLOWER, nothing) == {Part.CARD, Part.PROFILE}


def routes(resolver: URLResolver | Any = None, namespace: str = "") -> Iterator[str]:
    """Yield every address of the site, by its name, or by its function where it has none."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name == "admin" or str(pattern.pattern) == "accounts/":
                continue  # the one is walked below, the other shows one's own account
            yield from routes(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}" if pattern.name else pattern.lookup_str.removeprefix("config.")


def test_every_address_is_an_exit_or_shows_nobody() -> None:
    known = {route for exit_ in EXITS for route in exit_.routes} | NOT_EXITS.keys()
    unknown = sorted(set(routes()) - known)
    assert not unknown, (
        f"{unknown}: add an Exit to tests/privacy/exits.py, or say in NOT_EXITS why it is none"
    )


def about_players() -> Iterator[tuple[str, Any]]:
    """Yield the administration's models that point at a player."""
    for model, pages in admin.site._registry.items():
        targets = {field.related_model for field in model._meta.get_fields() if field.many_to_one}
        targets |= {field.related_model for field in model._meta.get_fields() if field.one_to_one}
        if model._meta.app_label == "user_profile" or User in targets:
            yield model._meta.label, pages


def test_every_page_of_the_administration_about_players_is_watched() -> None:
    unwatched = {label for label, pages in about_players() if not getattr(pages, "parts_shown", ())}
    missing = sorted(unwatched - UNWATCHED.keys())
    assert not missing, f"{missing}: make their admins Watched, or say in UNWATCHED why not"
