"""The e-mail of a notification: plain text, with a way out that mail programs know (RFC 8058)."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.notifications import kinds, wording
from apps.notifications.models import Notification
from apps.notifications.services import preferences
from apps.user_profile import selectors as players
from apps.user_profile.selectors.privacy import Part, Viewer, seen_by

SUBJECT_CHARS = 120
PROFILE = "web:player"


def letter(told: Notification, address: str) -> EmailMessage:
    """Write the e-mail of a notification. Whom its recipient may not see now is not named."""
    name, page = actor_of(told)
    text = wording.plain(told.text, {**told.values, "actor": name})
    href = told.url or page or reverse("web:notifications")
    leave = absolute(reverse("web:unsubscribe", args=[preferences.link_token(told.recipient_id, told.kind)]))
    label = kinds.of(told.kind).label
    lines = [
        text,
        "",
        absolute(href),
        "",
        "-- ",
        _("You get this because you want e-mails about: %(kind)s") % {"kind": label},
        _("No more of these: %(url)s") % {"url": leave},
        _("All your choices: %(url)s") % {"url": absolute(reverse("web:notification-settings"))},
    ]
    return EmailMessage(
        subject=" ".join(text.split())[:SUBJECT_CHARS],
        body="\n".join(lines),
        to=[address],
        headers={
            # The same at every attempt: a mail program that gets it twice shows it once.
            "Message-ID": f"<notification.{told.pk}@{urlsplit(settings.SITE_URL).hostname}>",
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )


def actor_of(told: Notification) -> tuple[str, str]:
    """Return what the recipient may know of who did it: his name, and where his page is."""
    if told.actor_id is None:
        return "", ""
    seen = seen_by(Viewer(told.recipient_id), [told.actor_id])[told.actor_id]
    card = players.cards([told.actor_id]).get(told.actor_id) if Part.CARD in seen.parts else None
    return (card.display_name, reverse(PROFILE, args=[card.username])) if card else (_("Somebody"), "")


def absolute(url: str) -> str:
    """Return an address of this site as it is reached from outside."""
    return settings.SITE_URL + url if url.startswith("/") else url
