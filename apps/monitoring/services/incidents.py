"""Incidents: opened once, told once, resolved once, whatever happens to the process that watches."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from apps.monitoring import rules
from apps.monitoring.models import Incident, Notice, Sensitivity
from apps.monitoring.rules import RULES, Observation, Rule
from apps.monitoring.signals import alert_opened, alert_resolved

LOCK_KEY = 0xA1E7_0001
"""One advisory lock per database: who has it settles, everybody else comes another time."""
QUIET_FOR = timedelta(minutes=2)
"""So long it has to be well before an incident about a measure is over; yes and no are over at once."""

WELL = Observation(is_bad=False, is_well=True, summary="")


def in_force() -> Mapping[str, Rule]:
    """Return the rules as they are set now. One query."""
    changed = {row.rule: row for row in Sensitivity.objects.filter(rule__in=RULES)}
    return {
        code: rules.as_set(rule, row.threshold, row.minutes, row.is_on)
        if (row := changed.get(code))
        else rule
        for code, rule in RULES.items()
    }


@transaction.atomic
def settle(
    observed: rules.Observations, now: datetime, *, codes: Collection[str], known: Mapping[str, Rule]
) -> bool:
    """Bring the incidents of these rules up to what was observed; False when another process is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK_KEY])
        if not cursor.fetchone()[0]:
            return False
    unresolved = Incident.objects.select_for_update().filter(resolved_at=None, rule__in=codes)
    there = {(one.rule, one.subject): one for one in unresolved}
    for key in sorted(there.keys() | {key for key, one in observed.items() if one.is_bad}):
        seen = observed.get(key, WELL)
        incident = there.get(key)
        if incident is None:
            incident = begin(known[key[0]], key[1], seen, now)
        follow(incident, known[key[0]], seen, now)
    return True


def begin(rule: Rule, subject: str, seen: Observation, now: datetime) -> Incident:
    """Watch something that is bad for the first time."""
    return Incident(
        rule=rule.code, subject=subject, severity=rule.severity, summary=seen.summary, began_at=now
    )


def follow(incident: Incident, rule: Rule, seen: Observation, now: datetime) -> None:
    """Take one step: forget, open, wait, or resolve."""
    if incident.opened_at is None:
        if not seen.is_bad:
            incident.delete()
            return
        incident.summary = seen.summary
        incident.save()
        if now - incident.began_at >= timedelta(minutes=rule.minutes):
            open_(incident, now)
    elif not seen.is_well:
        incident.quiet_since = None
        incident.summary = seen.summary if seen.is_bad else incident.summary
        incident.save()
    else:
        incident.quiet_since = incident.quiet_since or now
        incident.save()
        if not rule.unit or now - incident.quiet_since >= QUIET_FOR:
            resolve(incident, now)


@transaction.atomic
def open_(incident: Incident, now: datetime) -> None:
    """Say that something is wrong."""
    incident.opened_at = now
    incident.save()
    tell(incident, Notice.Kind.OPENED, now)
    alert_opened.send(
        Incident, incident_id=incident.pk, rule=incident.rule, subject=incident.subject,
        severity=incident.severity, summary=incident.summary,
    )  # fmt: skip


@transaction.atomic
def resolve(incident: Incident, now: datetime) -> None:
    """Say that it is over."""
    incident.resolved_at = now
    incident.save()
    tell(incident, Notice.Kind.RESOLVED, now)
    alert_resolved.send(
        Incident, incident_id=incident.pk, rule=incident.rule, subject=incident.subject,
        severity=incident.severity, summary=incident.summary,
    )  # fmt: skip


def tell(incident: Incident, kind: Notice.Kind, now: datetime) -> None:
    """Have an e-mail sent. It does not go through the events: it leaves also when those stand still."""
    if settings.ALERT_EMAILS:
        Notice.objects.create(incident=incident, kind=kind, recipients=settings.ALERT_EMAILS, due_at=now)
