"""Making, changing and ending endpoints."""

import base64
import re
import secrets
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.notifications.services import notifications
from apps.user_profile.services import profiles, sealing
from apps.webhooks.limits import ENDPOINTS_MAX, OVERLAP
from apps.webhooks.models import PURPOSE, Endpoint, Kind, Owner, State
from apps.webhooks.sending import guard
from apps.webhooks.services.deliveries import possible_types, wake_senders

SECRET_BYTES = 32
# Of the path no more than this and no second part: services put secrets there.
SHOWN_CHARS = 20
DISCORD_HOSTS = frozenset({"discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com"})
DISCORD_PATH = re.compile(r"/api(/v\d{1,2})?/webhooks/(?P<id>\d{1,20})/[\w-]{1,100}")


class TooMany(ValidationError):
    """Nobody needs so many endpoints: delete one first."""

    def __init__(self) -> None:
        super().__init__(_("You have as many endpoints as you can have. Delete one first."), code="too_many")


@transaction.atomic
def create(
    *,
    created_by_id: int,
    name: str,
    url: str,
    types: Iterable[str],
    kind: str = Kind.STANDARD,
    owner: str = Owner.USER,
    team_id: int | None = None,
    tournament_id: int | None = None,
    **options: Any,
) -> tuple[Endpoint, str]:
    """Make an endpoint; return it with its secret, which is shown this once (empty for Discord).

    Who may is decided by the caller. `options` are with_members, is_ordered, mentions_everyone. Raises
    ValidationError for an address that must not be sent to, and TooMany.
    """
    profiles.lock_many([created_by_id])
    if Endpoint.objects.filter(created_by=created_by_id).count() >= ENDPOINTS_MAX:
        raise TooMany
    secret = "" if kind == Kind.DISCORD else new_secret()
    endpoint = Endpoint(
        created_by_id=created_by_id,
        owner=owner,
        user_id=created_by_id if owner == Owner.USER else None,
        team_id=team_id,
        tournament_id=tournament_id,
        kind=kind,
        name=name.strip(),
        types=checked_types(kind, owner, types),
        sealed_url=sealing.seal(checked_url(kind, url), purpose=PURPOSE),
        shown_url=shown(kind, url),
        sealed_secret=sealing.seal(secret, purpose=PURPOSE) if secret else "",
        **options,
    )
    if kind == Kind.DISCORD:
        # One message after the other: the next one may edit the one before.
        endpoint.is_ordered = True
    endpoint.full_clean(exclude=["user", "team", "tournament", "created_by"])
    endpoint.save()
    return endpoint, secret


@transaction.atomic
def change(endpoint_id: int, *, name: str, types: Iterable[str], **options: Any) -> Endpoint:
    """Change what an endpoint is called and hears. Another address is another endpoint."""
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
    endpoint.name = name.strip()
    endpoint.types = checked_types(endpoint.kind, endpoint.owner, types)
    for option, value in options.items():
        setattr(endpoint, option, value)
    if endpoint.is_discord:
        endpoint.is_ordered = True
    endpoint.full_clean(exclude=["user", "team", "tournament", "created_by"])
    endpoint.save(update_fields=["name", "types", *options, "is_ordered"])
    return endpoint


@transaction.atomic
def rotate(endpoint_id: int) -> str:
    """Give an endpoint another secret and return it; the one before it signs as well for a day."""
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
    if endpoint.is_discord:
        raise ValidationError(_("A Discord channel has no secret of ours."), code="no_secret")
    secret = new_secret()
    endpoint.sealed_old_secret, endpoint.old_secret_until = endpoint.sealed_secret, timezone.now() + OVERLAP
    endpoint.sealed_secret = sealing.seal(secret, purpose=PURPOSE)
    endpoint.save(update_fields=["sealed_secret", "sealed_old_secret", "old_secret_until"])
    return secret


@transaction.atomic
def switch_off(endpoint_id: int) -> None:
    """Let nothing leave until it is switched on again; what happens meanwhile is held."""
    found = Endpoint.objects.filter(pk=endpoint_id, state=State.ACTIVE)
    found.update(state=State.OFF, state_reason="")


@transaction.atomic
def switch_on(endpoint_id: int) -> None:
    """Let messages leave again, what was held first."""
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
    endpoint.state, endpoint.state_reason = State.ACTIVE, ""
    endpoint.failures, endpoint.failing_since, endpoint.blocked_until = 0, None, None
    endpoint.save(update_fields=["state", "state_reason", "failures", "failing_since", "blocked_until"])
    notifications.retract(kind="webhook_disabled", about=f"webhook:{endpoint_id}")
    wake_senders()


def delete(endpoint_id: int) -> None:
    """End an endpoint, with its deliveries."""
    Endpoint.objects.filter(pk=endpoint_id).delete()


def new_secret() -> str:
    """Return a secret as the specification writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def checked_types(kind: str, owner: str, types: Iterable[str]) -> list[str]:
    """Return the events in their order. Raises ValidationError for one that cannot be had."""
    wanted = set(types)
    found = [name for name in possible_types(kind, owner) if name in wanted]
    if refused := sorted(wanted.difference(found)):
        names = ", ".join(refused)
        raise ValidationError({"types": _("This endpoint cannot be told of %(names)s.") % {"names": names}})
    if not found:
        raise ValidationError({"types": _("Choose at least one event.")})
    return found


def checked_url(kind: str, url: str) -> str:
    """Return an address that may be sent to. Raises ValidationError."""
    try:
        parts = guard.check_url(url.strip())
    except guard.Refused as refused:
        raise ValidationError({"url": str(refused)}) from None
    if kind == Kind.DISCORD:
        known = parts.hostname in DISCORD_HOSTS or (
            settings.WEBHOOKS_LOOPBACK and guard.is_loopback_name(parts.hostname or "")
        )
        only_thread = set(parse_qs(parts.query)) <= {"thread_id"}
        if not known or not DISCORD_PATH.fullmatch(parts.path) or not only_thread:
            raise ValidationError(
                {"url": _("A channel's address looks like https://discord.com/api/webhooks/1234/abcd.")}
            )
    return url.strip()


def shown(kind: str, url: str) -> str:
    """Return what may be shown of an address: what could be a secret in it is masked."""
    parts = urlsplit(url.strip())
    if kind == Kind.DISCORD:
        found = DISCORD_PATH.fullmatch(parts.path)
        return f"{parts.scheme}://{parts.netloc}/api/webhooks/{found['id'] if found else ''}/•••"
    first, _slash, more = parts.path.lstrip("/").partition("/")
    rest = "/•••" if more or parts.query or len(first) > SHOWN_CHARS else ""
    return f"{parts.scheme}://{parts.netloc[:200]}/{first[:SHOWN_CHARS]}{rest}"
