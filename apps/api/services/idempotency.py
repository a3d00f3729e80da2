"""Writes that may be sent twice: the same key and request get the same answer, and the write happens once.

The answer is stored in the transaction of the write, so there is never one without the other; whoever holds
the lock of a key is the one that runs it, and a process that dies lets go of it.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from apps.api.models import KeptAnswer
from apps.api.problems import IN_PROGRESS, INVALID_KEY, KEY_REUSED, Problem

KEPT = timedelta(hours=48)
KEY_CHARS_MAX = 255
HEADERS = ("Content-Type", "ETag", "Location")
LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


def answer_once(
    request: HttpRequest, user_id: int, key: str, run: Callable[[HttpRequest], HttpResponseBase]
) -> HttpResponseBase:
    """Run a write, or repeat what it was answered before.

    Raises Problem when the key is no key, was used for another request, or its request is still running.
    """
    if not key.isprintable() or not key.isascii() or not 1 <= len(key) <= KEY_CHARS_MAX:
        raise Problem(INVALID_KEY)
    fingerprint = fingerprint_of(request)
    with transaction.atomic():
        if not locked(f"api:{user_id}:{key}"):
            raise Problem(IN_PROGRESS, headers={"Retry-After": "1"})
        kept = KeptAnswer.objects.filter(user_id=user_id, key=key).first()
        if kept:
            return repeated(kept, fingerprint)
        response = run(request)
        if response.status_code >= 500:
            transaction.set_rollback(True)
        elif isinstance(response, HttpResponse):
            KeptAnswer.objects.create(user_id=user_id, key=key, fingerprint=fingerprint, **contents(response))
        return response


def fingerprint_of(request: HttpRequest) -> str:
    """Return a digest of all that makes a write the same."""
    digest = hashlib.sha256()
    for part in (request.method, request.get_full_path(), request.content_type):
        digest.update(f"{part}\n".encode())
    digest.update(request.body)
    return digest.hexdigest()


def locked(name: str) -> bool:
    """Take the lock of this name until the transaction ends; return whether nobody else has it."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [name])
        (taken,) = cursor.fetchone()
    return bool(taken)


def repeated(kept: KeptAnswer, fingerprint: str) -> HttpResponse:
    """Return the answer of before. Raises Problem when it answered something else."""
    if kept.fingerprint != fingerprint:
        raise Problem(KEY_REUSED)
    response = HttpResponse(kept.body, status=kept.status, headers=kept.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def contents(response: HttpResponse) -> dict[str, Any]:
    """Return what is stored of an answer."""
    return {
        "status": response.status_code,
        "headers": {name: response.headers[name] for name in HEADERS if name in response.headers},
        "body": response.content.decode(),
    }


def forget() -> int:
    """Drop answers that nobody will ask for again; return how many."""
    dropped, _ = KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return dropped
