"""The watchman looks at everything every few seconds; the workers look at the watchman."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from apps.events.verify import verify
from apps.monitoring import rules
from apps.monitoring.models import Heartbeat, Verification
from apps.monitoring.rules import WATCHMAN_DEAD
from apps.monitoring.selectors import readings
from apps.monitoring.selectors.readings import WATCHMAN
from apps.monitoring.services import incidents, notices

VERIFICATIONS_KEPT = 400


def round_(now: datetime) -> None:
    """Do one round: say that somebody watches, bring every incident up to date, send what is due."""
    Heartbeat.objects.update_or_create(name=WATCHMAN, defaults={"at": now})
    look(now, codes=rules.RULES.keys())
    notices.send_due(now)


def look(now: datetime, *, codes: Collection[str]) -> None:
    """Bring the incidents of these rules up to date."""
    known = incidents.in_force()
    wanted = [rule for code, rule in known.items() if code in codes]
    observed = rules.observe(wanted, readings.read(now))
    incidents.settle(observed, now, codes=codes, known=known)


def look_after_watchman(now: datetime) -> None:
    """Notice that nobody watches, and then send what is due. Who never watched gets some time to begin."""
    Heartbeat.objects.get_or_create(name=WATCHMAN, defaults={"at": now})
    age_s = readings.watchman_age_s(now) or 0.0
    if age_s <= rules.RULES[WATCHMAN_DEAD].threshold:
        return
    look(now, codes={WATCHMAN_DEAD})
    notices.send_due(now)


def verify_figures(now: datetime) -> None:
    """Compare every stored figure with its source, and keep which ones drift."""
    with transaction.atomic():
        drifting = [finding.name for finding in verify() if finding.drift]
        Verification.objects.create(ran_at=now, drifting=drifting)
        kept = Verification.objects.order_by("-ran_at").values("pk")[:VERIFICATIONS_KEPT]
        Verification.objects.exclude(pk__in=kept).delete()
