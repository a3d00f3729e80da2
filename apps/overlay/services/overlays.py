"""Overlays: made with a secret that is shown once, tried, revoked."""

import hashlib
import secrets

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.overlay.limits import OVERLAYS_MAX
from apps.overlay.models import Overlay, OverlayQuerySet
from apps.overlay.signals import overlay_revoked, overlay_tested
from apps.webhooks import offers

SECRET_BYTES = 24
SHOWN_CHARS = 6


@transaction.atomic
def create(
    *, owner_id: int, name: str, player_id: int | None = None, tournament_id: int | None = None
) -> tuple[Overlay, str]:
    """Make an overlay of a player or of a tournament; return it with its secret, which is kept nowhere.

    It shows what anybody may see, so whose it may be needs no right. Raises ValidationError.
    """
    get_user_model().objects.select_for_update(no_key=True).get(pk=owner_id)
    if overlays_of(owner_id).count() >= OVERLAYS_MAX:
        raise ValidationError(_("You have %(most)d overlays. Revoke one first.") % {"most": OVERLAYS_MAX})
    secret = secrets.token_urlsafe(SECRET_BYTES)
    overlay = Overlay(
        owner_id=owner_id,
        name=name.strip(),
        player_id=player_id,
        tournament_id=tournament_id,
        prefix=secret[:SHOWN_CHARS],
        digest=digest_of(secret),
    )
    overlay.full_clean(exclude={"owner", "player", "tournament"})
    overlay.save()
    return overlay, secret


@transaction.atomic
def revoke(*, owner_id: int, overlay_id: int) -> bool:
    """End an overlay of this owner now, in every browser that shows it; return whether there was one."""
    ended = overlays_of(owner_id).filter(pk=overlay_id).update(revoked_at=timezone.now())
    if ended:
        overlay_revoked.send(Overlay, user_id=owner_id, overlay_id=overlay_id)
    return bool(ended)


@transaction.atomic
def send_test(*, owner_id: int, overlay_id: int, event_type: str) -> bool:
    """Show a made-up event in every browser that shows an overlay; return whether there is such an overlay.

    No figure moves by it. Raises ValidationError for an event that there is not.
    """
    if event_type not in offers.OFFERED:
        raise ValidationError(_("There is no such event."), code="unknown_type")
    found = overlays_of(owner_id).filter(pk=overlay_id)
    tried = found.update(test_type=event_type, tested_at=timezone.now())
    if tried:
        overlay_tested.send(Overlay, user_id=owner_id, overlay_id=overlay_id, event_type=event_type)
    return bool(tried)


def overlays_of(owner_id: int) -> OverlayQuerySet:
    """Return somebody's overlays that are not revoked, the newest first."""
    return Overlay.objects.filter(owner=owner_id, revoked_at=None)


def digest_of(secret: str) -> str:
    """Return what is stored of a secret. It is random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
