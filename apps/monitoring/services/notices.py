"""The e-mails about incidents, each sent once."""

from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from apps.monitoring.models import Notice

RETRY_MINUTES_MAX = 10


def send_due(now: datetime) -> int:
    """Send what is due; return how many were sent. One that cannot be sent is tried again."""
    sent = 0
    while (done := send_one(now)) is not None:
        sent += done
    return sent


@transaction.atomic
def send_one(now: datetime) -> bool | None:
    """Send one under its row's lock; None when none is due, False when it could not be sent.

    Dying between the sending and the commit sends it again, under the same Message-ID.
    """
    waiting = Notice.objects.select_for_update(skip_locked=True, of=("self",))
    notice = waiting.select_related("incident").filter(sent_at=None, due_at__lte=now).order_by("pk").first()
    if notice is None:
        return None
    try:
        message(notice).send()
    except (SMTPException, OSError) as error:
        notice.failures += 1
        notice.error = f"{type(error).__name__}: {error}"[:300]
        notice.due_at = now + timedelta(minutes=min(RETRY_MINUTES_MAX, notice.failures))
        notice.save(update_fields=["failures", "error", "due_at"])
        return False
    notice.sent_at, notice.error = now, ""
    notice.save(update_fields=["sent_at", "error"])
    return True


def message(notice: Notice) -> EmailMessage:
    """Return the e-mail."""
    incident = notice.incident
    is_over = notice.kind == Notice.Kind.RESOLVED
    state = "resolved" if is_over else incident.severity.lower()
    since = incident.resolved_at if is_over else incident.began_at
    lines = [
        incident.summary,
        "",
        f"{'Over since' if is_over else 'Since'} {since:%Y-%m-%d %H:%M:%S} UTC",
        f"What to do: {settings.SITE_URL}{reverse('monitoring:runbooks')}#{incident.rule}",
        f"All alerts: {settings.SITE_URL}{reverse('monitoring:alerts')}",
    ]
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    return EmailMessage(
        subject=f"[DeltaCrown {state}] {incident.rule} {incident.subject}".strip(),
        body="\n".join(lines),
        to=notice.recipients,
        headers={"Message-ID": f"<incident-{incident.pk}-{notice.kind.lower()}@{host}>"},
    )
