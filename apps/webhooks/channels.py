"""The events that name somebody, as they happen: `/live/events` with his token."""

from dataclasses import dataclass

from apps.api.callers import tier_of_users
from apps.api.scopes import Scope
from apps.api.services import tokens
from apps.live.admission import count
from apps.live.channels import Line, Refused, Request, Tail, door
from apps.webhooks import feed


@dataclass(frozen=True)
class Feed:
    """What the holder of a token follows. The token is looked at again at every reading."""

    secret: str
    wanted: tuple[str, ...]
    user_id: int

    @property
    def hears(self) -> frozenset[str]:
        """Whatever names him."""
        return frozenset({f"user:{self.user_id}"})

    def read(self, after: int) -> tuple[list[Line], int, bool] | None:
        """Return the next events, the position after them, and whether there are more; None: it is over."""
        holder = tokens.holder(self.secret)
        if holder is None or not may_read(holder):
            return None
        found = feed.read(self.user_id, feed.types_for(holder.token_scopes, self.wanted), after=after)
        lines = [Line(each.position, each.told["type"], each.as_json()) for each in found.items]
        return lines, found.next, found.has_more


@door("events")
def follow(request: Request) -> Tail:
    """Follow the events of a token's owner, after `Last-Event-ID` or `?after=`, else from now on.

    Raises Refused. `types` is as in `GET /api/v1/events`.
    """
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    holder = tokens.holder(secret.strip()) if scheme.lower() == "bearer" else None
    if holder is None:
        raise Refused(401, "Send a personal token as Bearer, in the header Authorization.")
    # As one request to the API: by user, whichever of his tokens it is.
    count(f"user:{holder.pk}", tier_of_users())
    if not may_read(holder):
        raise Refused(403, f"This needs a token with the scopes {Scope.READ} and {Scope.EVENTS_READ}.")
    wanted = tuple(name for name in request.query.get("types", "").split(",") if name)
    try:
        feed.types_for(holder.token_scopes, wanted)
    except ValueError as unknown:
        raise Refused(400, f"types: there is no such event: {unknown}.") from None
    given = request.headers.get("last-event-id") or request.query.get("after", "")
    reader = Feed(secret.strip(), wanted, holder.pk)
    return Tail(reader.hears, reader.read, *begin(given))


def begin(given: str) -> tuple[int | None, str]:
    """Return the position to go on from (None: from now on), and why it is not the given one."""
    if not given:
        return None, ""
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        return None, "unknown"
    try:
        return feed.start(int(given)), ""
    except feed.Pruned as error:
        return error.begin_at, "pruned"
    except feed.Ahead as error:
        return error.head, "ahead"


def may_read(holder: object) -> bool:
    """Tell whether a token may follow events."""
    return {Scope.READ.value, Scope.EVENTS_READ.value} <= set(getattr(holder, "token_scopes", ()))
