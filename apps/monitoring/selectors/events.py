"""Events for operators: the list, and one with all that is known of it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from apps.events import outcomes, registry, search
from apps.events.outcomes import Outcome
from apps.events.search import Found, Node
from apps.user_profile.services import staff_looks

# What a look at an event is called in the record of looks.
PART = "event_log"
MASK = "•••"

DELIVERED_BY = """
SELECT name, seen.at FROM unnest(%s::text[]) AS name CROSS JOIN LATERAL (
       SELECT m.seen_at AS at FROM monitoring_milestone m
        WHERE m.subscriber = name AND m.position >= %s ORDER BY m.position LIMIT 1) AS seen
"""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of an event as it is shown."""

    name: str
    value: str
    is_personal: bool
    is_erased: bool
    is_user: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What became of an event at one subscriber, and by when it was delivered, if that was seen."""

    outcome: Outcome
    delivered_by: datetime | None


@dataclass(frozen=True, slots=True)
class Whole:
    """An event with all that is known of it."""

    event: Found
    about: str
    arguments: list[Argument]
    hides: bool
    schema: str
    receivers: list[str]
    told: list[Told]
    causes: list[Found]
    consequences: list[Node]


def whole(found: Found, payload: dict[str, Any], *, staff_id: int, reveals: bool) -> Whole:
    """Return an event for a member of staff, and write down that he looked.

    Personal values are masked unless he asked for them; what was erased is not there for anybody.
    """
    players = get_user_model().objects.filter(pk__in=found.subject_ids).exclude(pk=staff_id)
    for user_id in players.values_list("pk", flat=True):
        part = f"{PART}_personal" if reveals else PART
        staff_looks.note(staff_id=staff_id, user_id=user_id, part=part)
    definition = registry.events.get(found.type)
    personal = definition.personal if definition else frozenset(payload)
    users = definition.user_arguments if definition else ()
    arguments = [
        Argument(
            name,
            _shown(value, hidden=name in personal and not reveals and value is not None),
            name in personal,
            name in personal and value is None,
            name in users and value is not None,
        )
        for name, value in payload.items()
    ]
    return Whole(
        event=found,
        about=definition.doc if definition else "",
        arguments=arguments,
        hides=any(one.value == MASK for one in arguments),
        schema=json.dumps(definition.schema(), indent=2, ensure_ascii=False) if definition else "",
        receivers=sorted(_path(one) for one in definition.listeners()) if definition else [],
        told=told(found),
        causes=search.causes(found),
        consequences=search.consequences(found),
    )


def told(found: Found) -> list[Told]:
    """Return what became of an event at each subscriber. Two queries."""
    made = outcomes.of(found)
    names = [one.subscriber for one in made if one.state is outcomes.State.DELIVERED]
    with connection.cursor() as cursor:
        cursor.execute(DELIVERED_BY, [names, found.position])
        seen = dict(cursor.fetchall())
    return [Told(one, seen.get(one.subscriber)) for one in made]


def _shown(value: Any, *, hidden: bool) -> str:
    if hidden:
        return MASK
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _path(receiver: Any) -> str:
    return f"{receiver.__module__.removeprefix('apps.')}.{receiver.__qualname__}"
