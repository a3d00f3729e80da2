"""Durable reactions: `@subscriber`.

A subscriber is a plain function, and one stored row that says how far it has come.
"""

import inspect
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from apps.events import registry
from apps.events.definitions import DomainEvent
from apps.events.envelope import Event
from apps.events.errors import InvalidDeclaration
from apps.events.tallies import elapsed_ms

type Handler = Callable[..., Any]
type Start = Literal["beginning", "now"]
type OnDead = Literal["block", "skip"]
type Replay = Literal["idempotent", "refuse"]


@dataclass(frozen=True, slots=True, eq=False)
class Subscriber:
    """A declared durable reaction. `types` are the names of the events it hears."""

    name: str
    handler: Handler
    types: frozenset[str]
    since: Start
    batch: bool
    on_dead: OnDead
    was: str | None = None
    replay: Replay = "idempotent"
    reset: Callable[[], None] | None = None
    urgent: bool = False

    def run(self, events: Sequence[Event]) -> list[float]:
        """Hand events to the handler; return how many milliseconds each took, in a batch its share.

        A failure of a per-event handler leaves as HandlerFailed, which names the event.
        """
        if self.batch:
            began = time.perf_counter()
            self.handler(sender=None, events=list(events))
            return [elapsed_ms(began) / len(events)] * len(events)
        durations = []
        for index, event in enumerate(events):
            began = time.perf_counter()
            with event.causing():
                try:
                    self.handler(sender=None, event=event, **event.args)
                except Exception as error:
                    raise HandlerFailed(index) from error
            durations.append(elapsed_ms(began))
        return durations


class HandlerFailed(Exception):
    """A per-event handler failed on the event at `index`; the failure itself is the cause."""

    def __init__(self, index: int) -> None:
        self.index = index
        super().__init__(index)


def subscriber(
    *events: DomainEvent[Any],
    since: Start,
    batch: bool = False,
    on_dead: OnDead = "block",
    name: str | None = None,
    was: str | None = None,
    replay: Replay = "idempotent",
    reset: Callable[[], None] | None = None,
    urgent: bool = False,
) -> Callable[[Handler], Handler]:
    """React to events after their commit: retried, parked, dead-lettered, effects exactly once.

    The handler touches the database only. It gets `sender` (None), `event` and the event's arguments; with
    `batch=True` it gets `events`, a list of up to 500 with the arguments under `.args`.

    `since`: where a new subscriber starts, "beginning" of the log or "now".
    `on_dead`: after the last attempt, "block" holds back the later events of the same key until an operator
    retries or discards; "skip" lets them go on.
    `name`: under which the position is stored; default `app.function`. `was`: the name before a rename.
    `replay`: "idempotent" when a second run of an event changes nothing, "refuse" when it must not happen.
    `reset`: for effects that are sums, which cannot be replayed but rebuilt: empties them.
    `urgent`: somebody outside waits for it, so of all who hear an event it has its turn first.
    """

    def declare(handler: Handler) -> Handler:
        check(handler, events, since, on_dead, replay)
        check_arguments(handler, events, batch=batch)
        app = handler.__module__.removeprefix("apps.").split(".")[0]
        registry.add_subscriber(
            Subscriber(
                name=name or f"{app}.{handler.__name__}",
                handler=handler,
                types=frozenset(event.name for event in events),
                since=since,
                batch=batch,
                on_dead=on_dead,
                was=was,
                replay=replay,
                reset=reset,
                urgent=urgent,
            )
        )
        return handler

    return declare


def check(
    handler: Handler, events: Sequence[DomainEvent[Any]], since: str, on_dead: str, replay: str
) -> None:
    """Refuse a declaration that cannot work."""
    where = f"@subscriber {handler.__module__}.{handler.__qualname__}"
    if not events:
        raise InvalidDeclaration(f"{where} names no event")
    for event in events:
        if not isinstance(event, DomainEvent):
            raise InvalidDeclaration(f"{where}: {event!r} is not a domain event")
    if since not in ("beginning", "now"):
        raise InvalidDeclaration(f'{where}: since= is "beginning" or "now", not {since!r}')
    if on_dead not in ("block", "skip"):
        raise InvalidDeclaration(f'{where}: on_dead= is "block" or "skip", not {on_dead!r}')
    if replay not in ("idempotent", "refuse"):
        raise InvalidDeclaration(f'{where}: replay= is "idempotent" or "refuse", not {replay!r}')
    if inspect.iscoroutinefunction(handler):
        raise InvalidDeclaration(f"{where} is async: a durable reaction runs inside a transaction")
    kinds = {parameter.kind for parameter in inspect.signature(handler).parameters.values()}
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        raise InvalidDeclaration(f"{where} must take **kwargs, so that an event may grow an argument")


def check_arguments(handler: Handler, events: Sequence[DomainEvent[Any]], *, batch: bool) -> None:
    """Refuse a handler that asks for something that it is not given."""
    for event in events:
        given = ("sender", "events") if batch else ("sender", "event", *event.hints)
        try:
            inspect.signature(handler).bind(**dict.fromkeys(given))
        except TypeError as error:
            where = f"@subscriber {handler.__module__}.{handler.__qualname__}"
            raise InvalidDeclaration(
                f"{where} of {event.name}: {error}; it is called with {', '.join(given)}, all by name"
            ) from None
