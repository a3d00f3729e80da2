"""How every endpoint is doing, for operators."""

from dataclasses import dataclass

from django.db import connection

from apps.webhooks.models import State

TALLIED_AS = "webhooks.endpoint:{}"
"""Under which name the backbone's tallies hold what became of an endpoint's attempts."""

HEALTH = """
SELECT e.id, e.name, e.shown_url, e.state, e.state_reason, e.owner, waiting.count, oldest.age_s, missed.count
  FROM webhooks_endpoint e
 CROSS JOIN LATERAL (SELECT count(*) FROM (SELECT FROM webhooks_delivery d WHERE d.endpoint_id = e.id
                      AND d.outcome = 'WAITING' LIMIT %(counted)s) AS counted) AS waiting
  LEFT JOIN LATERAL (SELECT extract(epoch FROM clock_timestamp() - d.created_at)::float AS age_s
                       FROM webhooks_delivery d WHERE d.endpoint_id = e.id AND d.outcome = 'WAITING'
                      ORDER BY d.id LIMIT 1) AS oldest ON true
 CROSS JOIN LATERAL (SELECT count(*) FROM (SELECT FROM webhooks_delivery d WHERE d.endpoint_id = e.id
                      AND d.outcome = 'MISSED' LIMIT %(counted)s) AS counted) AS missed
 ORDER BY e.id
"""


@dataclass(frozen=True, slots=True)
class EndpointHealth:
    """One endpoint, told like a subscriber: `lag` messages wait, `dead` were given up, `paused` says why."""

    id: int
    name: str
    shown_url: str
    state: str
    reason: str
    owner: str
    lag: int
    oldest_age_s: float | None
    dead: int

    @property
    def tallied_as(self) -> str:
        """Its name in the tallies."""
        return TALLIED_AS.format(self.id)

    @property
    def paused(self) -> str:
        """Why nothing leaves; empty while messages leave."""
        return "" if self.state == State.ACTIVE else self.reason or str(State(self.state).label)

    @property
    def is_disabled(self) -> bool:
        """Whether it was given up, by us: what happens meanwhile is held."""
        return self.state == State.DISABLED


def endpoints(counted: int) -> list[EndpointHealth]:
    """Return every endpoint; what waits and what was missed is counted up to a number. One query."""
    with connection.cursor() as cursor:
        cursor.execute(HEALTH, {"counted": counted})
        return [EndpointHealth(*row) for row in cursor.fetchall()]
