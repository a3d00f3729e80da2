"""Who sends what, now: deliveries are leased, so any number of senders work side by side.

An endpoint's row is locked while its messages are handed out, so its concurrency and its order hold across
all senders. Of one in order a sender gets a run of messages, to be sent one after the other, and nobody else
gets any meanwhile. A sender that dies lets its leases run out; its results, should it come back, are not
believed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from apps.webhooks.limits import BREAKER_FAILURES, LEASE_S, RUN_MAX
from apps.webhooks.models import Endpoint

# Endpoints that may be sent to, first those that answer, each with how much may be under way to it. One whose
# breaker just opened gets a single probe; a channel one message, which the next one may change.
LOCK = """
SELECT e.id, CASE WHEN e.failures >= %(breaker)s OR e.kind = 'DISCORD' THEN 1
                  WHEN e.is_ordered AND e.failures > 0 THEN 1
                  WHEN e.is_ordered THEN %(run)s ELSE e.concurrency END AS room
  FROM webhooks_endpoint e LEFT JOIN user_profile_user u ON u.id = e.user_id
 WHERE e.state = 'ACTIVE' AND (e.blocked_until IS NULL OR e.blocked_until <= statement_timestamp())
   AND (e.user_id IS NULL OR u.is_active)
   AND (e.failures = 0 OR %(doubtful)s)
   AND EXISTS (SELECT FROM webhooks_delivery d WHERE d.endpoint_id = e.id AND d.outcome = 'WAITING'
                  AND d.due_at <= statement_timestamp()
                  AND (d.leased_until IS NULL OR d.leased_until <= statement_timestamp()))
 ORDER BY e.failures > 0, random()
 LIMIT %(limit)s
   FOR NO KEY UPDATE OF e SKIP LOCKED
"""
LOCKED = """
       unnest(current_setting('webhooks.ids')::bigint[], current_setting('webhooks.rooms')::int[])
              AS r (id, room)
       JOIN webhooks_endpoint e ON e.id = r.id"""
# One moment for all rows, at which the message came: else a delivery becomes due after it was passed over,
# and the next goes before it. A lease begins when it is given, however long the locks were waited for.
TAKE = f"""
WITH chosen AS MATERIALIZED (
  SELECT d.id
    FROM {LOCKED}
   CROSS JOIN LATERAL (
     SELECT count(*) AS taken FROM webhooks_delivery d
      WHERE d.endpoint_id = e.id AND d.outcome = 'WAITING' AND d.leased_until > statement_timestamp()) busy
   CROSS JOIN LATERAL (
     SELECT d.id FROM webhooks_delivery d
      WHERE d.endpoint_id = e.id AND d.outcome = 'WAITING' AND d.due_at <= statement_timestamp()
        AND (d.leased_until IS NULL OR d.leased_until <= statement_timestamp())
        AND (NOT e.is_ordered OR busy.taken = 0 AND NOT EXISTS (
              SELECT FROM webhooks_delivery o
               WHERE o.endpoint_id = e.id AND o.outcome = 'WAITING' AND o.id < d.id
                 AND o.due_at > statement_timestamp()))
      ORDER BY d.id LIMIT greatest(0, r.room - busy.taken)) d
   LIMIT %(limit)s
)
UPDATE webhooks_delivery d
   SET lease = %(lease)s, leased_until = clock_timestamp() + make_interval(secs => %(lease_s)s)
  FROM chosen c WHERE d.id = c.id
RETURNING d.id, d.endpoint_id, d.event_id, d.event_type, d.occurred_at, d.sample, d.attempts
"""
COLUMNS = [str(field.column) for field in Endpoint._meta.concrete_fields]
# One message, and so one transaction, yet three statements: the last has a snapshot of its own, so that it
# sees what another sender took before it let go of the lock. Text is all that they can hand on.
CLAIM = f"""
SELECT set_config('webhooks.ids', coalesce(array_agg(id), '{{}}')::text, true),
       set_config('webhooks.rooms', coalesce(array_agg(room), '{{}}')::text, true) FROM ({LOCK}) AS locked;
SELECT {", ".join(f"e.{name}" for name in COLUMNS)} FROM {LOCKED};
{TAKE}
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is this sender's until its lease ends."""

    id: int
    endpoint: Endpoint
    event_id: UUID
    event_type: str
    occurred_at: datetime
    sample: dict[str, Any] | None
    attempts: int


def claim(lease: UUID, *, limit: int, doubtful: bool = True) -> Sequence[Claim]:
    """Take up to `limit` deliveries whose time has come, in their order within each endpoint.

    Without `doubtful` only of endpoints whose last message arrived.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {
                "breaker": BREAKER_FAILURES,
                "run": RUN_MAX,
                "doubtful": doubtful,
                "limit": limit,
                "lease": lease,
                "lease_s": LEASE_S,
            },
        )
        cursor.nextset()
        endpoints = {row[0]: Endpoint.from_db(connection.alias, COLUMNS, row) for row in cursor.fetchall()}
        cursor.nextset()
        rows = cursor.fetchall()
    return [decoded(row, endpoints) for row in sorted(rows)]


def decoded(row: tuple[Any, ...], endpoints: Mapping[int, Endpoint]) -> Claim:
    """Return the claim of a row, with its endpoint, and its JSON read, which Django leaves to its fields."""
    id, endpoint_id, event_id, event_type, occurred_at, sample, attempts = row
    known = json.loads(sample) if isinstance(sample, str) else sample
    return Claim(id, endpoints[endpoint_id], event_id, event_type, occurred_at, known, attempts)
