"""What the pages of webhooks show."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.events import DomainEvent
from apps.events.catalog import entry
from apps.teams import selectors as teams
from apps.tournaments import selectors as tournaments
from apps.web.forms.webhooks import ME, PLATFORM
from apps.webhooks import offers, samples
from apps.webhooks import selectors as webhooks
from apps.webhooks.messages import standard
from apps.webhooks.messages.facts import Facts, Happening
from apps.webhooks.selectors import Attempt, Delivery, Endpoint, Hour, Outcome

SNIPPETS = Path(webhooks.__file__).parent.parent / "snippets"
TOURNAMENTS_SHOWN = 50
TONES = {Outcome.DELIVERED: "badge--gold", Outcome.MISSED: "badge--loss", Outcome.WAITING: "badge--iris"}


@dataclass(frozen=True)
class Bar:
    """An hour of the chart, in percent of the tallest one."""

    hour: Hour
    arrived: int
    failed: int


@dataclass(frozen=True)
class DeliveryRow:
    """A line of the log."""

    delivery: Delivery
    tone: str


@dataclass(frozen=True)
class Try:
    """One attempt, ready to be read."""

    attempt: Attempt
    request_body: str


@dataclass(frozen=True)
class EventPage:
    """One event of the documentation."""

    name: str
    summary: str
    example: str
    schema: str


def owners_for(user_id: int, *, is_staff: bool) -> list[tuple[str, str]]:
    """Return whose endpoint somebody may make: his own, his teams', and for staff everybody's."""
    found = [(ME, _("Me"))]
    found += [(f"team:{team.pk}", team.name) for team in teams.led_by(user_id)]
    if is_staff:
        latest = tournaments.tournaments_list()[:TOURNAMENTS_SHOWN]
        found += [(f"tournament:{each.pk}", each.name) for each in latest]
        found += [(PLATFORM, _("Everything on the platform"))]
    return found


def whose(endpoint: Endpoint) -> str:
    """Return whom an endpoint hears of."""
    if endpoint.team is not None:
        return endpoint.team.name
    if endpoint.tournament is not None:
        return endpoint.tournament.name
    return _("You") if endpoint.user_id else _("Everything on the platform")


def rests_until(endpoint: Endpoint) -> datetime | None:
    """Return until when nothing is sent to an endpoint because the last messages did not arrive."""
    until = endpoint.blocked_until
    return until if endpoint.failures and until and until > timezone.now() else None


def bars(endpoint_id: int) -> list[Bar]:
    """Return the chart of the last day, empty when nothing was sent."""
    hours = webhooks.hours_of(endpoint_id)
    tallest = max(hour.total for hour in hours)
    if not tallest:
        return []
    return [
        Bar(hour, round(100 * hour.arrived / tallest), round(100 * hour.failed / tallest)) for hour in hours
    ]


def rows(deliveries: Any) -> list[DeliveryRow]:
    """Return lines of the log."""
    return [DeliveryRow(each, TONES.get(Outcome(each.outcome), "")) for each in deliveries]


def tries(delivery: Delivery) -> list[Try]:
    """Return the attempts of a delivery, their bodies in a form for people."""
    return [Try(each, pretty(each.request_body)) for each in delivery.tries.all()]


def pretty(text: str) -> str:
    """Return JSON in lines; anything else as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def documented() -> Sequence[EventPage]:
    """Return every event that can be had, with an example and its schema. No query."""
    return [event_page(event) for event in offers.OFFERED.values()]


def event_page(event: DomainEvent[...]) -> EventPage:
    """Return the documentation of an event, its example made by the code that makes the real ones."""
    happening = Happening(
        UUID(int=0), event.name, timezone.now().replace(microsecond=0),
        event.decode(samples.payload(event)), is_test=True,
    )  # fmt: skip
    example = json.loads(standard.body(Facts({}), happening))
    example.pop("test")
    described = entry(event)
    return EventPage(
        event.name,
        described.summary,
        json.dumps(example, indent=2),
        json.dumps(schema_of(example), indent=2),
    )


def schema_of(value: Any) -> dict[str, Any]:
    """Return the JSON schema of an example."""
    if isinstance(value, dict):
        properties = {name: schema_of(each) for name, each in value.items()}
        return {"type": "object", "required": list(value), "properties": properties}
    if isinstance(value, list):
        return {"type": "array", "items": schema_of(value[0]) if value else {}}
    names = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): ["string", "null"]}
    return {"type": names[type(value)]}


def snippets() -> dict[str, str]:
    """Return the programs that verify a message, by language: the files that the tests run."""
    return {
        "Python": (SNIPPETS / "verify.py").read_text(),
        "Node.js": (SNIPPETS / "verify.mjs").read_text(),
    }
