"""Erasing from the log: marked values of the events that name a person, or say one thing, become null."""

import json
from typing import Any

from django.db import connection, transaction

from apps.events import registry
from apps.events.definitions import DomainEvent
from apps.events.models import Erasure
from apps.events.protection import log_unlocked
from apps.events.signals import user_erased

# Only keys that are there and not null yet, so that a second erasure changes nothing.
ERASE = """
UPDATE event_log SET payload = payload || (SELECT jsonb_object_agg(name, null)
                                             FROM jsonb_object_keys(payload) AS name
                                            WHERE name = ANY(%(personal)s))
 WHERE event_type = %(type)s AND subject_ids @> ARRAY[%(user_id)s]::bigint[] AND payload @> %(about)s::jsonb
   AND EXISTS (SELECT FROM jsonb_each(payload) AS field
                WHERE field.key = ANY(%(personal)s) AND field.value <> 'null'::jsonb)
"""


def erase(user_id: int, *, by: str) -> int:
    """Null the personal values of one user's events, record it, and say so; return how many events changed.

    Ids stay, so that history keeps its shape: places, sums and orders are still true. Idempotent.
    """
    with transaction.atomic():
        with log_unlocked():
            changed = sum(_erase_type(name, user_id, {}) for name in sorted(registry.events))
        Erasure.objects.create(user_id=user_id, erased_by=by, events=changed)
        user_erased.send(sender=None, user_id=user_id)
    return changed


def redact(event: DomainEvent[Any], user_id: int, *, by: str, **about: Any) -> int:
    """Null the personal values of one user's events of one type with these arguments; record it.

    For what he takes back himself, a text that he deletes; return how many events changed. Idempotent.
    """
    with transaction.atomic():
        with log_unlocked():
            changed = _erase_type(event.name, user_id, about)
        if changed:
            Erasure.objects.create(user_id=user_id, erased_by=by, events=changed)
    return changed


def _erase_type(name: str, user_id: int, about: dict[str, Any]) -> int:
    personal = registry.events[name].personal
    if not personal:
        return 0

    with connection.cursor() as cursor:
        cursor.execute(
            ERASE,
            {
                "type": name,
                "user_id": user_id,
                "personal": sorted(personal),
                "about": json.dumps(about),
            },
        )
        return int(cursor.rowcount)
