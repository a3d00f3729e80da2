"""The way through a player's own settings."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()


@dataclass(frozen=True)
class Place:
    """A page of the settings; `within` are the pages that belong to it."""

    name: str
    icon: str
    label: Promise
    within: frozenset[str] = frozenset()


PLACES = (
    Place("web:edit-profile", "user-pen", _("Profile")),
    Place("web:username", "at-sign", _("Username")),
    Place(
        "web:passports", "gamepad-2", _("Game passports"), frozenset({"web:passport", "web:passport-delete"})
    ),
    Place("web:privacy", "eye", _("Privacy"), frozenset({"web:privacy-preview"})),
    Place("web:notification-settings", "bell", _("Notifications")),
    Place("web:blocked", "ban", _("Blocked and muted")),
    Place("account_email", "mail", _("E-mail addresses")),
    Place("account_change_password", "key-round", _("Password"), frozenset({"account_set_password"})),
    Place(
        "mfa_index",
        "shield-check",
        _("Two-factor authentication"),
        frozenset(
            {
                "mfa_activate_totp",
                "mfa_deactivate_totp",
                "mfa_view_recovery_codes",
                "mfa_generate_recovery_codes",
            }
        ),
    ),
    Place("socialaccount_connections", "link", _("Connected accounts")),
    Place("web:tokens", "square-terminal", _("API tokens")),
    Place("web:webhooks", "webhook", _("Webhooks"), frozenset({"web:webhook", "web:delivery"})),
    Place("web:overlays", "monitor-play", _("Stream overlays"), frozenset({"web:overlay-settings"})),
    Place("web:data", "database", _("Your data"), frozenset({"web:delete-account"})),
)


@register.inclusion_tag("web/components/settings_nav.html", takes_context=True)
def settings_nav(context: template.Context) -> dict[str, Any]:
    """List the settings, the present page marked."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match.view_name if match else ""
    places = [(reverse(place.name), place, here == place.name, here in place.within) for place in PLACES]
    return {"places": places}
