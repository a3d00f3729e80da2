"""The catalogue of events, from their signatures: what there is to hear, and who hears it."""

import inspect
import typing
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from types import UnionType
from typing import Any

from apps.events import registry
from apps.events.definitions import DomainEvent, is_personal, plain

HEAD = """# Event catalogue

Generated from the signatures by `./dev manage events catalog --write`; `./dev check` fails when it is stale.

Subscribe to an event in your app's `subscribers.py` (after the commit, retried, exactly once) or
`receivers.py` (inside the emitter's transaction). How to: [integration-guide.md](integration-guide.md); how
it works: [backbone.md](backbone.md). The same for machines, with the JSON schema of every event:
[asyncapi.json](asyncapi.json). A number under *Versions* leads to the contract of that version, which never
changes but for added optional arguments.

| event | arguments | what happened |
| --- | --- | --- |
"""
LINE_MAX = 110
# A paragraph of an event's docstring that begins so says why no app has to react to it.
UNHEARD = "Nobody needs to hear it: "


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an event."""

    name: str
    type: str
    required: bool
    personal: bool


@dataclass(frozen=True, slots=True)
class Hearer:
    """Who hears an event, and what for."""

    name: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the catalogue; `unheard` says why nobody needs to hear it, where that is so."""

    name: str
    version: int
    app: str
    key: str
    summary: str
    announced: str
    unheard: str
    arguments: tuple[Argument, ...]
    receivers: tuple[str, ...]
    subscribers: tuple[str, ...]
    schema: dict[str, Any]
    hearers: tuple[Hearer, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


def entries() -> list[Entry]:
    """Return the catalogue, by app and name."""
    known = [entry(event) for event in registry.events.values() if event.module.startswith("apps.")]
    return sorted(known, key=lambda one: (one.app, one.name))


def entry(event: DomainEvent[Any]) -> Entry:
    """Return what the catalogue says of one event."""
    summary, *paragraphs = (" ".join(part.split()) for part in event.doc.split("\n\n"))
    unheard = [part.removeprefix(UNHEARD) for part in paragraphs if part.startswith(UNHEARD)]
    durable = sorted(registry.hearing(event.name), key=lambda one: one.name)
    inside = sorted(event.listeners(), key=path)
    return Entry(
        name=event.name,
        version=event.version,
        app=event.module.removeprefix("apps.").split(".")[0],
        key=event.key_argument,
        summary=summary,
        announced=" ".join(part for part in paragraphs if not part.startswith(UNHEARD)),
        unheard=" ".join(unheard),
        arguments=tuple(arguments(event)),
        receivers=tuple(path(receiver) for receiver in inside),
        subscribers=tuple(one.name for one in durable),
        schema=event.schema(),
        hearers=tuple(
            [Hearer(f"durable: `{one.name}`", purpose(one.handler)) for one in durable]
            + [Hearer(f"in the transaction: `{path(one)}`", purpose(one)) for one in inside]
        ),
    )


def purpose(handler: Any) -> str:
    """Return the first sentence of a handler's docstring: what it does about the event."""
    return " ".join((inspect.getdoc(handler) or "").partition("\n\n")[0].split())


def arguments(event: DomainEvent[Any]) -> Iterator[Argument]:
    """Yield the arguments in the order of the signature."""
    for name, parameter in event.signature.parameters.items():
        hint = event.hints[name]
        required = parameter.default is inspect.Parameter.empty
        yield Argument(name, type_name(plain(hint)), required, is_personal(hint))


def type_name(hint: Any) -> str:
    """Return a type as Python writes it."""
    if isinstance(hint, UnionType):
        return " | ".join(type_name(part) for part in typing.get_args(hint))
    if typing.get_args(hint):
        return str(hint)
    return "None" if hint is type(None) else getattr(hint, "__name__", str(hint))


def path(receiver: Any) -> str:
    """Return where a function is, `teams.receivers.bump_roster`."""
    return f"{receiver.__module__.removeprefix('apps.')}.{receiver.__qualname__}"


def table() -> list[dict[str, str]]:
    """Return the catalogue as rows for the command line."""
    return [
        {
            "event": e.name,
            "app": e.app,
            "arguments": ", ".join(argument.name for argument in e.arguments),
            "heard by": ", ".join(e.subscribers + e.receivers),
        }
        for e in entries()
    ]


def markdown() -> str:
    """Return the catalogue as a page."""
    catalogue = entries()
    rows = "".join(f"| [`{e.name}`](#{e.name}) | {_short(e)} | {e.summary} |\n" for e in catalogue)
    return HEAD + rows + "".join(_section(e) for e in catalogue)


def _short(e: Entry) -> str:
    return ", ".join(f"`{argument.name}`" for argument in e.arguments)


def _section(e: Entry) -> str:
    marks = {True: " (personal)", False: ""}
    listed = "".join(
        f"- `{a.name}`: `{a.type}`{'' if a.required else ', optional'}{marks[a.personal]}\n"
        for a in e.arguments
    )
    heard = "".join(f"- {one.name}: {one.purpose}\n" for one in e.hearers)
    contracts = ", ".join(
        f"[{number}](../apps/{e.app}/tests/schemas/{e.name}.v{number}.json)"
        for number in range(1, e.version + 1)
    )
    return f"""
## {e.name}

{f"{e.summary} {e.announced}".strip()}

Of `apps.{e.app}.signals`; ordered by `{e.key}`. Versions: {contracts}.

{listed}
Heard by:

{heard or f"- nobody: {e.unheard}{chr(10)}"}
```python
from apps.{e.app}.signals import {e.name}
from apps.events import subscriber


@subscriber({e.name}, since="now")
{_signature(f"react_to_{e.name}", [a.name for a in e.arguments])}
    print(event.occurred_at, {e.key})
```
"""


def _signature(name: str, arguments: list[str]) -> str:
    """Return the first line of a handler, in two where it would be too long."""
    named = ", ".join([*arguments, "event", "**_"])
    line = f"def {name}({named}):"
    return line if len(line) <= LINE_MAX else f"def {name}(\n    {named}\n):"
