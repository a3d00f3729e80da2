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
`receivers.py` (inside the emitter's transaction). How it works: [backbone.md](backbone.md).

| event | arguments | what happened |
| --- | --- | --- |
"""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an event."""

    name: str
    type: str
    required: bool
    personal: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the catalogue."""

    name: str
    version: int
    app: str
    key: str
    summary: str
    announced: str
    arguments: tuple[Argument, ...]
    receivers: tuple[str, ...]
    subscribers: tuple[str, ...]
    schema: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


def entries() -> list[Entry]:
    """Return the catalogue, by app and name."""
    known = [entry(event) for event in registry.events.values() if event.module.startswith("apps.")]
    return sorted(known, key=lambda one: (one.app, one.name))


def entry(event: DomainEvent[Any]) -> Entry:
    """Return what the catalogue says of one event."""
    summary, _, announced = event.doc.partition("\n\n")
    return Entry(
        name=event.name,
        version=event.version,
        app=event.module.removeprefix("apps.").split(".")[0],
        key=event.key_argument,
        summary=" ".join(summary.split()),
        announced=" ".join(announced.split()),
        arguments=tuple(arguments(event)),
        receivers=tuple(sorted(path(receiver) for receiver in event.listeners())),
        subscribers=tuple(sorted(one.name for one in registry.hearing(event.name))),
        schema=event.schema(),
    )


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
    heard = "".join(f"- durable: `{name}`\n" for name in e.subscribers)
    heard += "".join(f"- in the transaction: `{name}`\n" for name in e.receivers)
    names = ", ".join(argument.name for argument in e.arguments)
    return f"""
## {e.name}

{e.summary} {e.announced}

Version {e.version}, of `apps.{e.app}.signals`; ordered by `{e.key}`.

{listed}
Heard by:

{heard or "- nobody yet" + chr(10)}
```python
@subscriber({e.name}, since="now")
def react({names}, event, **_): ...
```
"""
