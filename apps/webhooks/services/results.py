"""What becomes of a message after its try: settled, due again, or its endpoint disabled."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from apps.events import tallies
from apps.events.tallies import Tallies
from apps.webhooks.limits import (
    BREAKER_FAILURES,
    BREAKER_S,
    BREAKER_S_MAX,
    DISABLED_AFTER,
    JITTER_SHARE,
    RESPONSE_CHARS_KEPT,
    RETRY_AFTER_S_MAX,
    SCHEDULE_S,
)
from apps.webhooks.models import Attempt, Delivery, Endpoint, Outcome, State
from apps.webhooks.selectors.health import TALLIED_AS
from apps.webhooks.sending.exchange import Message, Reply
from apps.webhooks.signals import webhook_endpoint_disabled

# Their answer that the place is gone for good. A Discord channel's webhook that was deleted says 404.
GONE = 410
DISCORD_GONE = frozenset({401, 403, 404, GONE})
RATE_LIMITED = 429
# Discord's own code of a message that is not there; the webhook itself is.
UNKNOWN_MESSAGE = 10008
ASKS_FOR_TIME = frozenset({RATE_LIMITED, 503})
SETTLED = {"id": "bigint", "outcome": "text", "note": "text", "attempts": "int", "due_at": "timestamptz",
           "settled_at": "timestamptz", "about": "text", "message_id": "text", "digest": "text"}  # fmt: skip
CHANGED = ["failures", "failing_since", "blocked_until", "state", "state_reason"]
SET = ", ".join(f"{name} = r.{name}" for name in SETTLED if name != "id")
# All deliveries in one statement, as arrays: hundreds of them are a turn's whole work.
SETTLE = f"""
UPDATE webhooks_delivery AS d
   SET lease = NULL, leased_until = NULL, {SET}
  FROM unnest({", ".join(f"%({name})s::{kind}[]" for name, kind in SETTLED.items())})
       AS r ({", ".join(SETTLED)})
 WHERE d.id = r.id
"""
# Kept of the headers that are sent; the address is not among them.
HEADERS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient the delivery is. The defaults are those of `limits`; tests are in a hurry."""

    schedule_s: Sequence[float] = SCHEDULE_S
    breaker_failures: int = BREAKER_FAILURES
    breaker_s: float = BREAKER_S
    breaker_s_max: float = BREAKER_S_MAX
    disabled_after: timedelta = DISABLED_AFTER

    def pause_s(self, attempts: int) -> float | None:
        """Return the pause after so many failed attempts, with jitter; None after the last one."""
        if attempts >= len(self.schedule_s):
            return None
        return self.schedule_s[attempts] * random.uniform(1, 1 + JITTER_SHARE)

    def closed_s(self, failures: int) -> float:
        """Return for how long the breaker keeps the way closed after so many failures in a row."""
        doubled = min(failures - self.breaker_failures, 20)
        pause: float = min(self.breaker_s_max, self.breaker_s * 2.0**doubled)
        return pause * random.uniform(1, 1 + JITTER_SHARE)


PACE = Pace()


@dataclass(frozen=True, slots=True)
class Result:
    """A try and what came of it; without a message nothing left, and `outcome` and `note` say why."""

    delivery_id: int
    endpoint_id: int
    message: Message | None = None
    reply: Reply | None = None
    outcome: Outcome = Outcome.WAITING
    note: str = ""
    about: str = ""
    message_id: str = ""
    digest: str = ""


@transaction.atomic
def record(results: Iterable[Result], *, lease: UUID, pace: Pace = PACE) -> int:
    """Write results down; return how many endpoints were disabled by them.

    A delivery that another sender has taken meanwhile keeps what that one makes of it: only the attempt is
    logged. The endpoints are locked first, by id.
    """
    by_id = {result.delivery_id: result for result in results}
    wanted = sorted({result.endpoint_id for result in by_id.values()})
    locked = Endpoint.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=wanted)
    endpoints = {endpoint.pk: endpoint for endpoint in locked.order_by("pk")}
    deliveries = list(
        Delivery.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=by_id).order_by("pk")
    )
    ours = [each for each in deliveries if each.lease == lease]
    Attempt.objects.bulk_create(
        [attempt(each, by_id[each.pk]) for each in deliveries if by_id[each.pk].reply is not None]
    )
    before = {endpoint.pk: standing(endpoint) for endpoint in endpoints.values()}
    now = timezone.now()
    for delivery in ours:
        judge(delivery, endpoints[delivery.endpoint_id], by_id[delivery.pk], now, pace)
    tallies.add(tallied(ours, by_id))
    settle_all(ours)
    changed = [each for each in endpoints.values() if standing(each) != before[each.pk]]
    Endpoint.objects.bulk_update(changed, CHANGED)
    return follow_up(changed, before, now, pace)


def standing(endpoint: Endpoint) -> dict[str, Any]:
    """Return what results change of an endpoint."""
    return {name: getattr(endpoint, name) for name in CHANGED}


def settle_all(deliveries: Sequence[Delivery]) -> None:
    """Write down what became of deliveries, and let go of them."""
    if deliveries:
        values = {name: [getattr(each, name) for each in deliveries] for name in SETTLED}
        with connection.cursor() as cursor:
            cursor.execute(SETTLE, values)


@transaction.atomic
def follow_up(
    endpoints: Iterable[Endpoint], before: Mapping[int, Mapping[str, Any]], now: datetime, pace: Pace
) -> int:
    """Announce what was disabled; let an endpoint that is back have at once what failed while it was away."""
    disabled = 0
    for endpoint in endpoints:
        state, failures = before[endpoint.pk]["state"], before[endpoint.pk]["failures"]
        if endpoint.state == State.DISABLED != state:
            disabled += 1
            webhook_endpoint_disabled.send(
                Endpoint, user_id=endpoint.created_by_id, endpoint_id=endpoint.pk,
                reason=endpoint.state_reason,
            )  # fmt: skip
        if failures >= pace.breaker_failures and endpoint.failures == 0:
            waiting = endpoint.deliveries.filter(outcome=Outcome.WAITING, due_at__gt=now)
            waiting.filter(leased_until=None).update(due_at=now)
    return disabled


def tallied(judged: Iterable[Delivery], results: Mapping[int, Result]) -> Mapping[str, Tallies]:
    """Return what the tries came to, by endpoint and event type."""
    found: defaultdict[str, Tallies] = defaultdict(Tallies)
    for delivery in judged:
        reply = results[delivery.pk].reply
        if reply is None:
            continue
        of_endpoint = found[TALLIED_AS.format(delivery.endpoint_id)]
        one = of_endpoint[delivery.event_type]
        one.retried += delivery.attempts > 1
        if reply.succeeded:
            of_endpoint.handled([delivery.event_type], [reply.duration_ms])
        else:
            one.failed += 1
            one.dead += delivery.outcome == Outcome.MISSED
    return found


def attempt(delivery: Delivery, result: Result) -> Attempt:
    """Return the line of the log."""
    message, reply = result.message, result.reply
    assert message is not None
    assert reply is not None
    return Attempt(
        delivery=delivery,
        number=delivery.attempts + 1,
        started_at=reply.started_at,
        duration_ms=reply.duration_ms,
        request_headers=dict(list(message.headers.items())[:HEADERS_KEPT]),
        request_body=message.body,
        status=reply.status,
        error=reply.error,
        response_headers=dict(reply.headers),
        response_body=reply.body[:RESPONSE_CHARS_KEPT],
    )


def judge(delivery: Delivery, endpoint: Endpoint, result: Result, now: datetime, pace: Pace) -> None:
    """Decide what becomes of a delivery and of its endpoint."""
    delivery.lease = delivery.leased_until = None
    delivery.note = result.note
    reply = result.reply
    if reply is None:
        settle(delivery, result.outcome, now)
        delivery.about, delivery.digest = result.about, result.digest
        delivery.message_id = result.message_id
        return
    delivery.attempts += 1
    limited = endpoint.is_discord and reply.status == RATE_LIMITED
    asked = asked_pause(reply)
    if reply.succeeded:
        arrived(delivery, endpoint, result, now)
    elif endpoint.is_discord and reply.status == 404 and reply.json().get("code") == UNKNOWN_MESSAGE:
        forget_message(delivery, result, now)
    elif limited:
        # Not a failure: the channel is busy, and says for how long. It costs no attempt.
        delivery.attempts -= 1
        delivery.due_at = endpoint.blocked_until = now + timedelta(seconds=asked or 1.0)
    else:
        failed(delivery, endpoint, reply, now, pace, asked)


def settle(delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    """End a delivery."""
    delivery.outcome = outcome
    delivery.settled_at = now


def arrived(delivery: Delivery, endpoint: Endpoint, result: Result, now: datetime) -> None:
    """Note that a message is there, and how long its channel wants to rest."""
    assert result.reply is not None
    settle(delivery, Outcome.DELIVERED, now)
    delivery.about, delivery.digest, delivery.message_id = result.about, result.digest, result.message_id
    endpoint.failures, endpoint.failing_since = 0, None
    endpoint.blocked_until = None
    if endpoint.is_discord:
        delivery.message_id = str(result.reply.json().get("id", result.message_id))[:40]
        endpoint.blocked_until = rested(result.reply, now)


def failed(
    delivery: Delivery, endpoint: Endpoint, reply: Reply, now: datetime, pace: Pace, asked: float | None
) -> None:
    """Try again later, at most until the last attempt; close the way to an endpoint that keeps failing."""
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    pause = pace.pause_s(delivery.attempts)
    gone = DISCORD_GONE if endpoint.is_discord else {GONE}
    if reply.status in gone:
        disable(endpoint, f"It answered {reply.status}: the address is gone.")
        # Held, not lost: it waits with everything that comes until somebody enables the endpoint.
        delivery.attempts, pause = 0, 0.0
    elif now - endpoint.failing_since >= pace.disabled_after:
        disable(endpoint, f"Nothing arrived since {endpoint.failing_since:%Y-%m-%d %H:%M} UTC.")
        delivery.attempts, pause = 0, 0.0
    if pause is None:
        settle(delivery, Outcome.MISSED, now)
    else:
        delivery.due_at = now + timedelta(seconds=max(pause, asked or 0.0))
    if asked:
        endpoint.blocked_until = now + timedelta(seconds=asked)
    elif endpoint.failures >= pace.breaker_failures:
        endpoint.blocked_until = now + timedelta(seconds=pace.closed_s(endpoint.failures))


def forget_message(delivery: Delivery, result: Result, now: datetime) -> None:
    """Say it anew: somebody deleted the message that was to be edited."""
    same = Delivery.objects.filter(endpoint=delivery.endpoint_id, about=result.about)
    same.exclude(message_id="").update(message_id="", digest="")
    delivery.due_at = now


def asked_pause(reply: Reply) -> float | None:
    """Return the pause that a receiver asks for, no longer than it may ask for."""
    asked = reply.retry_after_s() if reply.status in ASKS_FOR_TIME else None
    return None if asked is None else min(asked, RETRY_AFTER_S_MAX)


def rested(reply: Reply, now: datetime) -> datetime | None:
    """Return until when a channel's bucket is empty, by the headers of its answer."""
    if reply.headers.get("x-ratelimit-remaining") != "0":
        return None
    try:
        pause = float(reply.headers.get("x-ratelimit-reset-after", "1"))
    except ValueError:
        pause = 1.0
    if not 0 <= pause <= RETRY_AFTER_S_MAX:
        pause = 1.0
    return now + timedelta(seconds=pause)


def disable(endpoint: Endpoint, reason: str) -> None:
    """Let nothing leave until somebody enables the endpoint again."""
    endpoint.state, endpoint.state_reason = State.DISABLED, reason
