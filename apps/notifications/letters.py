"""E-mails of a notification and of a day: plain text, with a way out that mail programs know (RFC 8058)."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.notifications import kinds, wording
from apps.notifications.models import Digest, Notification
from apps.notifications.selectors import Line, cards_for, line
from apps.notifications.services import preferences
from apps.user_profile import selectors as players
from apps.user_profile.selectors.privacy import Part, Viewer, seen_by

SUBJECT_CHARS = 120
# A longer day is told on the page.
LINES_MAX = 50
PROFILE = "web:player"


def letter(told: Notification, address: str) -> EmailMessage:
    """Write the e-mail of a notification. Whom its recipient may not see now is not named."""
    name, page = actor_of(told)
    text = wording.plain(told.text, {**told.values, "actor": name})
    href = told.url or page or reverse("web:notifications")
    leave = way_out(told.recipient_id, told.kind)
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
    return written(f"notification.{told.pk}", text, lines, address, leave)


def digest(found: Digest, told: Sequence[Notification], address: str) -> EmailMessage:
    """Write the e-mail with all of a day: together what belongs together, the first of it first."""
    lines = lines_of(found.user_id, told)
    leave = way_out(found.user_id, preferences.DIGEST)
    body = [part for line in lines[:LINES_MAX] for part in (f"- {line.plain}", f"  {leads_to(line)}", "")]
    if len(lines) > LINES_MAX:
        body += [_("And %(count)d more.") % {"count": len(lines) - LINES_MAX}, ""]
    body += [
        _("All of it: %(url)s") % {"url": absolute(reverse("web:notifications"))},
        "",
        "-- ",
        _("You get this because you want your e-mails once a day."),
        _("No more of these: %(url)s") % {"url": leave},
        _("All your choices: %(url)s") % {"url": absolute(reverse("web:notification-settings"))},
    ]
    said = ngettext("Your day: %(count)d thing happened", "Your day: %(count)d things happened", len(lines))
    return written(f"digest.{found.pk}", said % {"count": len(lines)}, body, address, leave)


def lines_of(user_id: int, told: Sequence[Notification]) -> list[Line]:
    """Return these notifications of a player as lines, each thread one."""
    threads: dict[str, list[Notification]] = {}
    for each in told:
        threads.setdefault(each.thread, []).append(each)
    cards = cards_for(Viewer(user_id), told)
    return [
        line(rows[-1], cards, others=len({row.actor_id for row in rows}) - 1, count=len(rows), is_read=False)
        for rows in threads.values()
    ]


def leads_to(line: Line) -> str:
    """Return where a line leads."""
    page = reverse(PROFILE, args=[line.actor.username]) if line.actor else reverse("web:notifications")
    return absolute(line.url or page)


def way_out(user_id: int, code: str) -> str:
    """Return the address that ends e-mails of a kind."""
    return absolute(reverse("web:unsubscribe", args=[preferences.link_token(user_id, code)]))


def written(name: str, subject: str, lines: Sequence[str], address: str, leave: str) -> EmailMessage:
    """Write an e-mail, with what mail programs look for."""
    return EmailMessage(
        subject=" ".join(subject.split())[:SUBJECT_CHARS],
        body="\n".join(lines),
        to=[address],
        headers={
            # The same at every attempt: a mail program that gets it twice shows it once.
            "Message-ID": f"<{name}@{urlsplit(settings.SITE_URL).hostname}>",
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
