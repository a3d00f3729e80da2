"""Whether this process is alive, and whether it can work: for load balancers and supervisors."""

from __future__ import annotations

from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

MIGRATED = "health:migrated"
MIGRATED_S = 60  # a migration does not come undone; asking costs a walk over all files


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """Answer, as long as the process can answer at all."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers and is migrated, 503 with the reason when not."""
    try:
        reason = "" if cache.get(MIGRATED) and answers() else unmigrated()
    except (DatabaseError, InterfaceError) as error:
        reason = f"the database does not answer: {type(error).__name__}"
    if reason:
        return JsonResponse({"status": "unavailable", "reason": reason}, status=503)
    cache.set(MIGRATED, True, MIGRATED_S)
    return JsonResponse({"status": "ok"})


def answers() -> bool:
    """Ask the database anything."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def unmigrated() -> str:
    """Return what is missing; empty when every migration was applied."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} migrations are not applied: run `migrate`" if waiting else ""
