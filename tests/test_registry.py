"""Laws for everything that is declared: whoever adds an event or a subscriber is covered the same day.

The events and subscribers are those of the project's apps, found in the registry. What a test wants of a new
one is in its message.
"""

import ast
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from apps.events import again, registry, sequencer, stored
from apps.events.again import CannotReplay, Selection
from apps.events.definitions import DomainEvent, plain
from apps.events.delivery.drain import Outcome, drain
from apps.events.models import DeadLetter, EventLog, Lane
from apps.events.subscriptions import Subscriber
from apps.events.testing import deliver_all
from apps.events.tests import sample

from . import story, tables
from .house_rules import announces, is_test

ROOT = Path(settings.BASE_DIR)
UPDATE = "UPDATE_SCHEMAS=1 ./dev test tests/test_registry.py -k schema"
# What makes two schemas the same: texts for people do not count.
TEXTS = {"title", "description"}


def is_ours(module: str) -> bool:
    return module.startswith("apps.") and ".tests." not in module


EVENTS = {
    name: event for name, event in sorted(registry.events.items()) if event.module and is_ours(event.module)
}
SUBSCRIBERS = {
    name: one for name, one in sorted(registry.subscribers.items()) if is_ours(one.handler.__module__)
}


# Arguments survive JSON.


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of a type hint, as far as PostgreSQL's jsonb can hold them."""
    if get_origin(hint) in (Union, UnionType):
        return st.one_of([values(part) for part in get_args(hint)])
    if get_origin(hint) is list:
        return st.lists(values(*get_args(hint)), max_size=5)
    if get_origin(hint) is dict:
        return st.dictionaries(*[values(part) for part in get_args(hint)], max_size=5)
    zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
    special: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        float: st.floats(allow_nan=False, allow_infinity=False),
        Decimal: st.decimals(allow_nan=False, allow_infinity=False),
        datetime: st.datetimes(min_value=datetime(1970, 1, 2), timezones=zones | st.just(UTC)),
    }
    return special[hint] if hint in special else st.from_type(hint)


def arguments(event: DomainEvent[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for all that a `send` may be given; optional arguments may be left out."""
    needed, optional = {}, {}
    for name, parameter in event.signature.parameters.items():
        kind = needed if parameter.default is parameter.empty else optional
        kind[name] = values(plain(event.hints[name]))
    return st.fixed_dictionaries(needed, optional=optional)


@pytest.mark.parametrize("event", [*EVENTS.values(), sample.typed], ids=lambda event: event.name)
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_arguments_survive_json(event: DomainEvent[Any], data: st.DataObject) -> None:
    sent = data.draw(arguments(event))
    payload = json.loads(json.dumps(event.normalise(sent)))
    defaults = {name: one.default for name, one in event.signature.parameters.items() if name not in sent}
    assert event.decode(payload) == {**sent, **defaults}
    # Erasure leaves nulls, and nulls have to be readable.
    erased = {**payload, **dict.fromkeys(event.personal)}
    assert event.decode(erased) == {**sent, **defaults, **dict.fromkeys(event.personal)}


# The stored schema of every event.


def schema_of(event: DomainEvent[Any]) -> dict[str, Any]:
    """Return what must not change within a version: the arguments, the order, and whose secrets they are."""
    schema = without_texts(event.schema())
    return {**schema, "x-key": event.key_argument, "x-personal": sorted(event.personal)}


def without_texts(schema: Any, *, names: bool = False) -> Any:
    """Drop titles and descriptions; `names`: the keys here are names of arguments or types."""
    if isinstance(schema, list):
        return [without_texts(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: without_texts(part, names=not names and key in ("properties", "$defs"))
        for key, part in schema.items()
        if names or key not in TEXTS
    }


def faults(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return what a new version is needed for: everything but an added optional argument."""
    was, now = old["properties"], new["properties"]
    found = [f"{name} is gone" for name in was.keys() - now.keys()]
    found += [f"{name} is another type" for name in was.keys() & now.keys() if was[name] != now[name]]
    found += [f"{name} is required" for name in set(new["required"]) - set(old["required"])]
    found += [f"{name} is required no more" for name in set(old["required"]) - set(new["required"])]
    found += [f"{name} is personal no more" for name in set(old["x-personal"]) - set(new["x-personal"])]
    found += [
        f"{name} is another type"
        for name, one in old.get("$defs", {}).items()
        if new["$defs"].get(name) != one
    ]
    if old["x-key"] != new["x-key"]:
        found.append(f"it is ordered by {new['x-key']}, no more by {old['x-key']}")
    return sorted(found)


def schemas_of(app: str) -> Path:
    return ROOT / "apps" / app / "tests" / "schemas"


def app_of(module: str) -> str:
    return module.split(".")[1]


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.name)
def test_the_schema_of_a_version_never_changes(event: DomainEvent[Any]) -> None:
    path = schemas_of(app_of(event.module)) / f"{event.name}.v{event.version}.json"
    now = schema_of(event)
    stored_text = path.read_text() if path.exists() else None
    if stored_text is not None:
        old = json.loads(stored_text)
        assert not faults(old, now), (
            f"version {event.version} of {event.name} is in the log already, and {faults(old, now)}: make it "
            f"version {event.version + 1}, with an upcaster and a golden payload of version {event.version}"
        )
        if old == now:
            return
    assert os.environ.get("UPDATE_SCHEMAS"), (
        f"{path.relative_to(ROOT)} is not what the signature says now: if {event.name} is new, or has a new "
        f"version or a new optional argument, run `{UPDATE}` and commit the file"
    )
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(now, indent=2, sort_keys=True) + "\n")


def test_every_stored_schema_has_its_event() -> None:
    declared = {(app_of(event.module), event.name): event.version for event in EVENTS.values()}
    for path in ROOT.glob("apps/*/tests/schemas/*.json"):
        name, version = path.stem.rsplit(".v", 1)
        newest = declared.get((path.parents[2].name, name), 0)
        assert int(version) <= newest, (
            f"{path.relative_to(ROOT)}: no code declares that, but the log may hold it"
        )


def test_what_counts_as_another_schema() -> None:
    """The guard itself: what it lets pass and what it does not."""

    def looked_at(count: int, name: str = "") -> None:
        """Somebody looked. Announced by nobody."""

    def schema(definition: Any, key: str = "count") -> dict[str, Any]:
        return schema_of(DomainEvent(definition, version=1, key=key))

    def grown(count: int, name: str = "", more: int | None = None) -> None:
        """More. Announced by nobody."""

    def changed(count: str, more: int) -> None:
        """Other. Announced by nobody."""

    before = schema(looked_at)
    assert faults(before, schema(grown)) == []
    assert faults(before, schema(changed)) == ["count is another type", "more is required", "name is gone"]
    assert faults(before, schema(looked_at, key="name")) == ["it is ordered by name, no more by count"]


# Who announces it.


@dataclass(frozen=True)
class Place:
    """Where an event is announced: the module, and the class or function around it."""

    path: str
    owner: str

    def words(self) -> set[str]:
        """Return the words by which a docstring may name the place."""
        return {*re.findall("[a-z]+", self.path.removesuffix(".py")), *re.findall(r"\w+", self.owner.lower())}


def announcements() -> dict[str, set[Place]]:
    """Return where every event is announced, by name."""
    found: defaultdict[str, set[Place]] = defaultdict(set)
    names = dict(variables())
    for path in sorted(ROOT.glob("apps/**/*.py")):
        shown = str(path.relative_to(ROOT))
        if is_test(shown):
            continue
        for top in ast.parse(path.read_text(), shown).body:
            owner = getattr(top, "name", "")
            for call in filter(announces, ast.walk(top)):
                target = call.func.value  # type: ignore[attr-defined]
                variable = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
                if variable in names:
                    found[names[variable]].add(Place(shown, owner))
    return found


def variables() -> Iterator[tuple[str, str]]:
    """Yield every variable of the signals modules that is an event, and the event's name."""
    for event in EVENTS.values():
        for variable, value in vars(sys.modules[event.module]).items():
            if isinstance(value, DomainEvent):
                yield variable, value.name


ANNOUNCEMENTS = announcements()


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.name)
def test_every_event_is_announced_in_one_module_that_its_docstring_names(event: DomainEvent[Any]) -> None:
    places = ANNOUNCEMENTS.get(event.name)
    assert places, f"nothing in apps/ says {event.name}.send(...) or {event.name}.send_many(...)"
    assert len({place.path for place in places}) == 1, (
        f"{event.name} is announced in several modules: {places}"
    )
    _, _, announced = event.doc.partition("Announced by ")
    assert announced, f'the docstring of {event.name} does not say "Announced by ..."'
    told = {word for word in re.findall(r"\w+", announced.lower().replace("_", " ")) if len(word) > 3}
    words = set().union(*(place.words() for place in places)) - {
        "apps",
        "services",
        "models",
        app_of(event.module),
    }
    words |= {word.removesuffix("s").removesuffix("e") for word in words}
    words |= {app_of(event.module).removesuffix("s")}
    assert told & words, f'"Announced by {announced}", but it is announced in {places}'


@pytest.mark.parametrize("name", sorted({name for one in SUBSCRIBERS.values() for name in one.types}))
def test_what_is_heard_is_announced(name: str) -> None:
    assert name in EVENTS, f"a subscriber hears {name}, which no app declares"
    assert name in ANNOUNCEMENTS, f"a subscriber hears {name}, which nobody announces"


# Again from the log.


def history() -> dict[str, list[tables.Change]]:
    """Tell the story and deliver it, one subscriber after the other; return what each of them wrote."""
    story.tell()
    stored.store(strict=False)
    written: dict[str, list[tables.Change]] = {name: [] for name in SUBSCRIBERS}
    while sequencer.stamp() + sum(deliver_to(one, written[name]) for name, one in SUBSCRIBERS.items()):
        pass
    nothing_failed()
    return written


def nothing_failed() -> None:
    """Show the first failure of a handler."""
    assert not list(DeadLetter.objects.values_list("error", flat=True)[:1])
    assert not Lane.objects.exists()


def deliver_to(subscriber: Subscriber, written: list[tables.Change]) -> int:
    """Deliver all there is to one subscriber, and add what that wrote; return how many turns it took."""
    before, turns = tables.read(), 0
    while drain(subscriber, impatient=True) is Outcome.WORKED:
        turns += 1
    if turns:
        written += tables.changes(before, tables.read())
    return turns


def hear_again(subscriber: Subscriber) -> None:
    """Deliver the whole log once more to one subscriber, in the way it declares."""
    if subscriber.reset is None:
        again.replay(subscriber.name, Selection())
    else:
        again.rebuild(subscriber.name)
    deliver_all()
    nothing_failed()


@pytest.mark.django_db(transaction=True)
def test_the_log_gives_back_all_that_was_made_of_it(subtests: pytest.Subtests) -> None:
    written = history()
    there, events = tables.read(), EventLog.objects.count()
    for name, subscriber in SUBSCRIBERS.items():
        if subscriber.replay == "refuse":
            with subtests.test("is never replayed", subscriber=name), pytest.raises(CannotReplay):
                again.plan(name, Selection())
            continue
        with subtests.test("once more changes nothing", subscriber=name):
            hear_again(subscriber)
            if subscriber.reset is None:
                assert list(map(str, tables.changes(there, tables.read()))) == []
            assert tables.lost_and_found(there, tables.read()) == {}
            assert EventLog.objects.count() == events, "hearing the log again says new things"
        tables.undo(tables.changes(there, tables.read()))
        with subtests.test("from nothing comes the same", subscriber=name):
            assert written[name], f"the story makes {name} write nothing: tell more in apps/*/tests/story.py"
            tables.undo(written[name])
            assert tables.lost_and_found(there, tables.read())
            hear_again(subscriber)
            assert tables.lost_and_found(there, tables.read()) == {}
        tables.undo(tables.changes(there, tables.read()))


@pytest.mark.django_db
def test_everything_happens_in_the_story() -> None:
    story.tell()
    told = set(EventLog.objects.values_list("event_type", flat=True))
    missing = sorted(EVENTS.keys() - told)
    assert not missing, f"{missing} never happens: let it, in apps/<app>/tests/story.py"
