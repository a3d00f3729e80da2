"""Which endpoint gets what: the rows of the deliveries, and sending them again."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.api import statements
from apps.events import Event, wakeup
from apps.events.models import EventLog
from apps.teams import selectors as teams
from apps.webhooks import offers, samples
from apps.webhooks.limits import KEPT
from apps.webhooks.models import Attempt, Delivery, Endpoint, Kind, Outcome, Owner

# A channel is told news. What is imported or heard late is history, and a channel would drown in it.
NEWS = timedelta(days=7)
# Both run at every event: the ORM takes longer to write them than the database to answer.
ASKING = """
SELECT id, kind, owner, user_id, team_id, tournament_id, with_members, types
  FROM webhooks_endpoint WHERE types && %(types)s::varchar[] ORDER BY id
"""
WRITE = """
INSERT INTO webhooks_delivery (endpoint_id, event_id, event_type, occurred_at, outcome, note, attempts,
                               about, message_id, digest, due_at, created_at)
SELECT made.*, 'WAITING', '', 0, '', '', '', statement_timestamp(), statement_timestamp()
  FROM unnest(%(endpoints)s::bigint[], %(events)s::uuid[], %(types)s::text[], %(times)s::timestamptz[])
       AS made
    ON CONFLICT DO NOTHING
"""
# On which the senders listen: they need not look whenever anything happens at all.
CHANNEL = "webhooks"


class Asking(NamedTuple):
    """What of an endpoint says which events it wants."""

    id: int
    kind: str
    owner: str
    user_id: int | None
    team_id: int | None
    tournament_id: int | None
    with_members: bool
    types: list[str]


def wake_senders() -> None:
    """Let the senders look for what is due once this transaction is committed."""
    transaction.on_commit(partial(wakeup.ring, CHANNEL))


@transaction.atomic(savepoint=False)
def enqueue(events: Sequence[Event]) -> int:
    """Write a delivery for every endpoint that wants one of these events; return how many.

    Endpoints that are off or disabled get theirs, too: it is held for them.
    """
    types = {event.type for event in events}
    endpoints = [Asking(*row) for row in statements.rows(ASKING, {"types": sorted(types)})]
    if not endpoints:
        return 0
    members = members_of(endpoints)
    made = [
        (endpoint.id, event) for event in events for endpoint in endpoints if wants(endpoint, event, members)
    ]
    if made:
        write(made)
        wake_senders()
    return len(made)


def write(made: Sequence[tuple[int, Event]]) -> None:
    """Write deliveries, by the id of their endpoint, in this order; those that are there stay as they are."""
    with statements.prepared() as cursor:
        cursor.execute(
            WRITE,
            {
                "endpoints": [endpoint_id for endpoint_id, _event in made],
                "events": [event.id for _id, event in made],
                "types": [event.type for _id, event in made],
                "times": [event.occurred_at for _id, event in made],
            },
        )


def members_of(endpoints: Iterable[Asking]) -> Mapping[int, set[int]]:
    """Return who is in the teams whose endpoints ask for what their players do."""
    asking = {each.team_id for each in endpoints if each.team_id is not None and each.with_members}
    return teams.members_of(asking) if asking else {}


def wants(endpoint: Asking, event: Event, members: Mapping[int, set[int]]) -> bool:
    """Tell whether an event is one for this endpoint."""
    if event.type not in endpoint.types:
        return False
    if endpoint.kind == Kind.DISCORD and event.created_at - event.occurred_at > NEWS:
        return False
    definition = offers.OFFERED[event.type]
    if not offers.is_for(endpoint.owner, definition):
        return False
    named = set(definition.users_of(event.args))
    if endpoint.owner == Owner.USER:
        return endpoint.user_id in named
    if endpoint.owner == Owner.TEAM:
        team = members.get(endpoint.team_id or 0, set()) if endpoint.with_members else set()
        return event.args.get("team_id") == endpoint.team_id or bool(named & team)
    if endpoint.owner == Owner.TOURNAMENT:
        return event.args.get("tournament_id") == endpoint.tournament_id
    return True


@transaction.atomic
def send_test(endpoint: Endpoint, event_type: str) -> Delivery:
    """Send a made-up event of a type: with an id of its own, marked as a test, touching no real figure.

    Raises ValidationError for a type that the endpoint cannot get.
    """
    if event_type not in possible_types(endpoint.kind, endpoint.owner):
        raise ValidationError(_("There is no such event for this endpoint."), code="unknown_type")
    delivery = Delivery.objects.create(
        endpoint=endpoint,
        event_id=uuid.uuid4(),
        event_type=event_type,
        occurred_at=timezone.now(),
        sample=samples.payload(offers.OFFERED[event_type]),
    )
    wake_senders()
    return delivery


def possible_types(kind: str, owner: str) -> Sequence[str]:
    """Return the events that an endpoint of this kind and owner can get, by name."""
    return [
        name
        for name, event in offers.OFFERED.items()
        if (kind != "DISCORD" or name in offers.FOR_DISCORD) and offers.is_for(owner, event)
    ]


@transaction.atomic
def resend(endpoint: Endpoint, deliveries: Iterable[int]) -> int:
    """Send deliveries of an endpoint again, under the same ids; return how many. One that waits goes now."""
    return _again(Delivery.objects.filter(endpoint=endpoint, pk__in=list(deliveries)))


@transaction.atomic
def resend_undelivered(endpoint: Endpoint) -> int:
    """Send now all that has not arrived, given up or still to be tried again; return how many."""
    return _again(Delivery.objects.filter(endpoint=endpoint, outcome__in=(Outcome.MISSED, Outcome.WAITING)))


@transaction.atomic
def resend_since(endpoint: Endpoint, since: datetime, until: datetime) -> int:
    """Send everything again that came to be in a span of time; return how many."""
    return _again(Delivery.objects.filter(endpoint=endpoint, created_at__range=(since, until)))


def _again(deliveries: Any) -> int:
    """Make deliveries due, but those that are under way at this moment."""
    now = timezone.now()
    count: int = deliveries.exclude(leased_until__gt=now).update(
        outcome=Outcome.WAITING, attempts=0, due_at=now, settled_at=None, note="",
        about="", message_id="", digest="", lease=None, leased_until=None,
    )  # fmt: skip
    wake_senders()
    return count


def prune(now: datetime) -> int:
    """Delete what is older than deliveries are kept, with its attempts; return how many rows."""
    return Delivery.objects.filter(created_at__lt=now - KEPT).delete()[0]


@transaction.atomic
def forget(user_id: int) -> None:
    """Delete the endpoints of somebody who is forgotten, and what was written about him."""
    Endpoint.objects.filter(user=user_id).delete()
    about = EventLog.objects.filter(subject_ids__contains=[user_id], event_type__in=list(offers.OFFERED))
    attempts = Attempt.objects.filter(delivery__event_id__in=about.values("uid"))
    attempts.update(request_body="", response_body="")
