"""The webhooks' chapter: a channel that was deleted."""

import uuid
from typing import Any

from django.utils import timezone

from apps.webhooks.sending import turn
from apps.webhooks.sending.exchange import Reply
from apps.webhooks.services import deliveries, endpoints, results


def tell(cast: Any) -> None:
    """Make an endpoint, try it, and hear that it is gone."""
    endpoint, _secret = endpoints.create(
        created_by_id=cast.players["ada"].pk, name="Ada's bot", url="https://example.org/hook",
        types=["level_up"],
    )  # fmt: skip
    deliveries.send_test(endpoint, "level_up")
    lease = uuid.uuid4()
    [ready] = turn.take(lease, limit=1).ready
    results.record([turn.result_of(ready, Reply(timezone.now(), 12, 410))], lease=lease)
