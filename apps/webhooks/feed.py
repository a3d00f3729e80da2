"""The events that name somebody, to be fetched: under the same ids, in the same words, by the same decision
as his webhooks. With a position every gap can be closed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.api.scopes import Scope
from apps.events import sequencer, stream
from apps.events.stream import Entry
from apps.user_profile.selectors.privacy import Part
from apps.webhooks import offers
from apps.webhooks.messages import standard
from apps.webhooks.messages.facts import gather
from apps.webhooks.models import Endpoint, Owner
from apps.webhooks.services.claims import Claim

LIMIT_MAX = 500


class Pruned(Exception):
    """What came after the position is gone; `begin_at` is where the rest begins."""

    def __init__(self, begin_at: int) -> None:
        self.begin_at = begin_at
        super().__init__(f"The events up to position {begin_at} are pruned. Begin with after={begin_at}.")


class Ahead(Exception):
    """The position was never given out; the last one is `head`."""

    def __init__(self, head: int) -> None:
        self.head = head
        super().__init__(f"The last position is {head}. Use `next` of an answer, unchanged.")


@dataclass(frozen=True, slots=True)
class Item:
    """An event as it is told: `id` is the `webhook-id` of the same event."""

    position: int
    id: str
    told: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return it with its id and position."""
        return {"id": self.id, "position": self.position, **self.told}


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of the feed: what may be told, where the next one begins, whether there is one already."""

    items: Sequence[Item]
    next: int
    has_more: bool


def types_for(scopes: Iterable[str], wanted: Iterable[str] = ()) -> list[str]:
    """Return the types that a token with these scopes is told, of those wanted. Raises ValueError."""
    asked = set(wanted) or set(offers.OFFERED)
    if unknown := asked - set(offers.OFFERED):
        raise ValueError(", ".join(sorted(unknown)))
    money = {name for name, event in offers.OFFERED.items() if Part.WALLET in offers.PARTS[event]}
    return sorted(asked if Scope.WALLET_READ.value in set(scopes) else asked - money)


def start(after: int | None) -> int:
    """Return the position to read from: the given one, or before the first that there is.

    Raises Pruned, Ahead.
    """
    first, head = stream.first_position(), sequencer.head()
    if after is None:
        return first - 1
    if after > head:
        raise Ahead(head)
    if after < first - 1:
        raise Pruned(first - 1)
    return after


def read(user_id: int, types: Sequence[str], *, after: int, limit: int = LIMIT_MAX) -> Batch:
    """Return the events after a position that name somebody. What others in them hide is left out."""
    head = sequencer.head()
    entries = stream.page_of_subject(user_id=user_id, types=types, after=after, upto=head, limit=limit)
    is_full = len(entries) == limit
    return Batch(told(user_id, entries), entries[-1].position if is_full else max(after, head), is_full)


def told(user_id: int, entries: Sequence[Entry]) -> list[Item]:
    """Return what is told of these events, decided now. Seven queries at most, however many they are."""
    if not entries:
        return []
    # It is in no table, and decides as if it were an endpoint of the reader.
    reader = Endpoint(owner=Owner.USER, user_id=user_id)
    facts = gather([Claim(0, reader, each.uid, each.type, each.occurred_at, None, 0) for each in entries])
    items = []
    for entry in entries:
        happening = facts.happenings.get(entry.uid)
        if happening is not None and not facts.hides(reader, happening):
            message = standard.message(facts, happening, reader)
            items.append(Item(entry.position, str(entry.uid), message))
    return items
