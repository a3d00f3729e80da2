"""The event catalogue, for people and for machines, tells what is, and its examples run."""

from __future__ import annotations

import copy
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from apps.events import asyncapi, catalog, registry
from apps.events.catalog import Entry
from apps.webhooks import samples
from tests.checkouts import CHECKOUT

ENTRIES = [entry for entry in catalog.entries() if ".tests." not in registry.events[entry.name].module]
DOCUMENT = asyncapi.document()
EXAMPLES = re.findall(r"^```python\n(.*?)^```", (CHECKOUT / "docs" / "events.md").read_text(), re.M | re.S)


@pytest.fixture(scope="module")
def standard() -> Any:
    """Return the published schema of AsyncAPI 3.0."""
    packed = Path(__file__).with_name("published") / "asyncapi-3.0.0.schema.json.gz"
    return jsonschema_rs.validator_for(json.loads(gzip.decompress(packed.read_bytes())))


def test_the_document_is_valid(standard: Any) -> None:
    assert [str(error) for error in standard.iter_errors(DOCUMENT)] == []
    spoiled = copy.deepcopy(DOCUMENT)
    spoiled["channels"]["user_followed"]["adress"] = "x"
    assert not standard.is_valid(spoiled)


def test_every_schema_of_the_document_is_one() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(schema), name
    references = re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DOCUMENT))
    for reference in references:
        found = DOCUMENT
        for part in reference.split("/"):
            found = found[part]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_schema_takes_what_is_sent_and_what_is_erased(entry: Entry) -> None:
    event = registry.events[entry.name]
    schema = {"$ref": f"#/components/schemas/{entry.name}", "components": DOCUMENT["components"]}
    check = jsonschema_rs.validator_for(schema)
    payload = samples.payload(event)
    check.validate(payload)
    check.validate({**payload, **dict.fromkeys(event.personal)})
    assert not check.is_valid({**payload, event.key_argument: "seven"})


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_who_hears_it_and_what_for_or_why_nobody_needs_to(entry: Entry) -> None:
    if entry.hearers:
        assert all(hearer.purpose for hearer in entry.hearers), entry.hearers
        assert not entry.unheard, f"{entry.name} is heard: drop {catalog.UNHEARD!r} from its docstring"
    else:
        assert entry.unheard, f"say in the docstring of {entry.name}: {catalog.UNHEARD}..."


@pytest.fixture
def declared() -> Iterator[dict[str, Any]]:
    """Return the subscribers, and forget those that a test declares."""
    before = dict(registry.subscribers)
    yield registry.subscribers
    registry.subscribers.clear()
    registry.subscribers.update(before)


def test_the_examples_run(declared: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    before = set(declared)
    for code in EXAMPLES:
        exec(code, {"__name__": "apps.examples.subscribers"})
    made = [declared[name] for name in declared if name not in before]
    assert sorted(name for one in made for name in one.types) == sorted(entry.name for entry in ENTRIES)
    for one in made:
        event = registry.events[next(iter(one.types))]
        one.handler(sender=None, event=Happened(), **event.decode(samples.payload(event)))
    assert len(capsys.readouterr().out.splitlines()) == len(made)


class Happened:
    """As much of an event as the examples use."""

    occurred_at = "2018-01-14"
