"""What is sent one after the other: each message by itself, those of an endpoint in order as one run."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence

from apps.webhooks.limits import TIMEOUT_S
from apps.webhooks.sending import exchange
from apps.webhooks.sending.exchange import Reply
from apps.webhooks.sending.transport import Client
from apps.webhooks.services.outbox import Ready


def of(ready: Iterable[Ready]) -> list[list[Ready]]:
    """Return the runs of these messages, which may be sent side by side."""
    found: dict[tuple[int, int], list[Ready]] = {}
    for each in ready:
        key = (each.claim.endpoint.pk, 0 if each.is_ordered else each.claim.id)
        found.setdefault(key, []).append(each)
    return list(found.values())


async def bring(
    client: Client, run: Sequence[Ready], *, is_over: Callable[[], bool], timeout_s: float = TIMEOUT_S
) -> AsyncIterator[tuple[Ready, Reply]]:
    """Send messages, each after the one before it has arrived; yield each with its reply.

    Those after one that did not arrive are left, and so is the rest once it is over.
    """
    for place, ready in enumerate(run):
        if place and is_over():
            return
        reply = await exchange.perform(client, ready.message, timeout_s=timeout_s)
        yield ready, reply
        if not reply.succeeded:
            return
