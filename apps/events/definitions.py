"""An event is a function signature: its name, typed arguments and docstring are the whole definition.

From it come validation at `send`, static types for callers, the JSON schema and the catalogue.
"""

import inspect
import typing
from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, NoReturn, ParamSpec, TypeVar

from django.dispatch import Signal
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from apps.events.envelope import Event
from apps.events.errors import InvalidDeclaration, InvalidEvent

P = ParamSpec("P")
T = TypeVar("T")


class PersonalMark:
    """Marks an argument that says something about a person and dies with the account."""


# A name, an address, a text somebody wrote. Ids are not personal: they mean nothing once the account is gone.
type Personal[V] = Annotated[V, PersonalMark()]

type Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

# An argument `<role>_id` holds the id of a user.
USER_ROLES = {
    "user", "follower", "followed", "blocked", "muted", "liker", "commenter", "inviter", "actor", "author",
    "captain",
}  # fmt: skip
RESERVED = {"self", "sender", "signal", "event", "events", "occurred_at"}


class DomainEvent[**P](Signal):
    """A `django.dispatch.Signal` that writes itself into the log before anybody hears it."""

    def __init__(self, definition: Callable[P, None], *, version: int, key: str | None) -> None:
        super().__init__()
        self.name = definition.__name__
        self.module = definition.__module__
        self.version = version
        self.doc = inspect.getdoc(definition) or ""
        self.signature = inspect.signature(definition)
        hints = typing.get_type_hints(definition, include_extras=True)
        self.hints = {name: hint for name, hint in hints.items() if name != "return"}
        self.payload_model = self._payload_model(strict=True)
        self.stored_model = self._payload_model(strict=False)
        self.key_argument = key or "user_id"
        self._check(definition)
        self.upcasters: dict[int, Upcaster] = {}
        self.personal = frozenset(name for name, hint in self.hints.items() if is_personal(hint))
        self.user_arguments = user_arguments(self.hints)

    def __repr__(self) -> str:
        return f"<DomainEvent {self.name} v{self.version}>"

    @property
    def key_kind(self) -> str:
        """The kind of thing that orders this event: `user`, `team`, `tournament` ..."""
        if self.key_argument in self.user_arguments:
            return "user"
        return self.key_argument.removesuffix("_id")

    def key_of(self, payload: Mapping[str, Any]) -> str:
        """Return the ordering key, `user:7`."""
        return f"{self.key_kind}:{payload[self.key_argument]}"

    def users_of(self, payload: Mapping[str, Any]) -> list[int]:
        """Return the ids of all users the event names, sorted."""
        named = {payload[name] for name in self.user_arguments}
        return sorted(user_id for user_id in named if user_id is not None)

    def normalise(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Check arguments strictly and return them as JSON values.

        Raises InvalidEvent for a wrong, missing or extra argument.
        """
        try:
            return self.payload_model(**arguments).model_dump(mode="json")
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise InvalidEvent(f"{self.name}({self._arguments()}) refuses: {faults}") from None

    def upcaster(self, *, version: int) -> Callable[[Upcaster], Upcaster]:
        """Declare how a payload of an old `version` becomes one of the next.

        The log is never rewritten; what was written years ago is read through all upcasters since.
        """

        if not 1 <= version < self.version:
            raise InvalidDeclaration(f"{self.name}: version {version} is not older than {self.version}")

        def declare(function: Upcaster) -> Upcaster:
            self.upcasters[version] = function
            return function

        return declare

    def upcast(self, payload: dict[str, Any], version: int) -> dict[str, Any]:
        """Return a stored payload in the present version. Raises InvalidEvent when a step is missing."""
        for step in range(version, self.version):
            if step not in self.upcasters:
                raise InvalidEvent(f"no code reads {self.name} version {step}: it needs an upcaster")
            payload = self.upcasters[step](dict(payload))
        return payload

    def decode(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return stored JSON values as the types of the signature; erased personal values stay None."""
        return {**self.stored_model.model_validate(payload).__dict__}

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the payload."""
        return self.payload_model.model_json_schema()

    def send(self, sender: Any, *args: P.args, **kwargs: P.kwargs) -> list[tuple[Any, Any]]:
        """Write the event into the log and run its receivers, in the caller's transaction.

        Opens a transaction of its own when there is none. `occurred_at=` may be given for imported history.
        Raises InvalidEvent when the arguments do not fit (nothing is written), or what a receiver raised
        (then the whole transaction is rolled back).
        """
        from apps.events import emit

        values: dict[str, Any] = dict(kwargs)
        occurred_at: datetime | None = values.pop("occurred_at", None)
        return emit.send(self, sender, self._bind(args, values), occurred_at=occurred_at)

    def send_many(
        self,
        sender: Any,
        rows: Iterable[Mapping[str, Any]],
        *,
        causes: Iterable[Event] | None = None,
    ) -> None:
        """Announce many rows in one INSERT; receivers run once per row, afterwards, in order.

        `causes` are the events that the rows are because of, one for each; without them, all are because of
        what is being handled now. Raises InvalidEvent when there are not as many.
        """
        from apps.events import emit

        emit.send_many(self, sender, [dict(row) for row in rows], None if causes is None else list(causes))

    def connect(
        self,
        receiver: Callable[..., Any],
        sender: object | None = None,
        weak: bool = False,
        dispatch_uid: Any = None,
    ) -> None:
        """Register an in-transaction receiver; it is held strongly, and it must not be async."""
        if inspect.iscoroutinefunction(receiver):
            raise InvalidDeclaration(
                f"{receiver.__qualname__} is async: a receiver runs inside the emitter's transaction, "
                "which is synchronous; use @subscriber for what may run later"
            )
        super().connect(receiver, sender=sender, weak=False, dispatch_uid=dispatch_uid)

    def send_robust(self, sender: Any, **named: Any) -> NoReturn:
        """Refuse: swallowed failures are how an event gets lost."""
        raise InvalidDeclaration(
            f"{self.name}.send_robust() would swallow a receiver's failure and commit half a fact: "
            "use send() for what must be true at the commit, @subscriber for what may be retried"
        )

    def asend(self, sender: Any, **named: Any) -> Coroutine[Any, Any, NoReturn]:
        """Refuse: a transaction does not cross threads."""
        raise InvalidDeclaration(f"{self.name}.asend(): wrap the whole service in sync_to_async instead")

    def asend_robust(self, sender: Any, **named: Any) -> Coroutine[Any, Any, NoReturn]:
        """Refuse, for both reasons."""
        return self.asend(sender, **named)

    def call_receivers(self, sender: Any, named: Mapping[str, Any]) -> list[tuple[Any, Any]]:
        """Run the in-transaction receivers, as Django's own `send` does."""
        return super().send(sender, **named)

    def listeners(self) -> list[Callable[..., Any]]:
        """Return the in-transaction receivers."""
        return [receiver for _, receiver, *_ in self.receivers]

    def _bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        if not args:
            return kwargs
        try:
            return self.signature.bind_partial(*args, **kwargs).arguments
        except TypeError as error:
            raise InvalidEvent(f"{self.name}({self._arguments()}) refuses: {error}") from None

    def _arguments(self) -> str:
        return ", ".join(self.signature.parameters)

    def _payload_model(self, *, strict: bool) -> type[BaseModel]:
        """Return the arguments as a model: strict for `send`, not for the log, where erasure leaves nulls."""
        fields: dict[str, Any] = {}
        for name, parameter in self.signature.parameters.items():
            default = ... if parameter.default is inspect.Parameter.empty else parameter.default
            hint = self.hints.get(name, Any)
            fields[name] = (plain(hint) | None if is_personal(hint) and not strict else plain(hint), default)
        config = ConfigDict(extra="forbid", strict=strict)
        return create_model(self.name, __config__=config, __doc__=self.doc.split("\n")[0], **fields)

    def _check(self, definition: Callable[P, None]) -> None:
        where = f"{self.module}.{self.name}"
        parameters = self.signature.parameters
        if not self.doc:
            raise InvalidDeclaration(f"{where} has no docstring: say what happened and who announces it")
        if clash := RESERVED & parameters.keys():
            raise InvalidDeclaration(f"{where}: the argument name {clash.pop()!r} is reserved")
        if untyped := parameters.keys() - self.hints.keys():
            raise InvalidDeclaration(f"{where}: the argument {untyped.pop()!r} has no type")
        if self.key_argument not in parameters:
            raise InvalidDeclaration(
                f"{where} has no argument {self.key_argument!r} to order it by: name another with key="
            )


def domain_event(*, version: int, key: str | None = None) -> Callable[[Callable[P, None]], DomainEvent[P]]:
    """Turn a signature into a domain event.

    `key` names the argument whose value orders the event (default `user_id`): events of one key are handled
    in the order of their commits. Any change but an added optional argument is a new `version`.
    """

    def declare(definition: Callable[P, None]) -> DomainEvent[P]:
        from apps.events import registry

        event = DomainEvent(definition, version=version, key=key)
        registry.add_event(event)
        return event

    return declare


def is_personal(hint: Any) -> bool:
    """Tell whether a type hint carries the mark of `Personal`."""
    return typing.get_origin(hint) is Personal


def plain(hint: Any) -> Any:
    """Return the hint without the mark."""
    return typing.get_args(hint)[0] if is_personal(hint) else hint


def user_arguments(hints: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the arguments that hold a user's id: `user_id` and the roles that users play."""
    return tuple(name for name in hints if name.endswith("_id") and name.removesuffix("_id") in USER_ROLES)
