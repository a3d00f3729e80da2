"""The watchman looks at everything every few seconds; the workers look at the watchman."""

from collections.abc import Collection
from datetime import datetime
from itertools import chain

from django.db import transaction

from apps.events.verify import Finding, verify
from apps.monitoring import rules
from apps.monitoring.models import Heartbeat, Verification
from apps.monitoring.rules import WATCHMAN_DEAD
from apps.monitoring.selectors import readings
from apps.monitoring.selectors.readings import WATCHMAN
from apps.monitoring.services import incidents, notices

VERIFICATIONS_KEPT = 400
# Of one figure; the first by key, so that two comparisons keep the same ones.
SUSPECTS_MAX = 1_000


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
    """Compare every stored figure with its source, and keep which ones drift.

    A figure is behind while its event waits, so it drifts only where a comparison before found the very same.
    """
    with transaction.atomic():
        before = Verification.objects.order_by("-ran_at").first()
        known = set(before.suspects) if before else set()
        suspects = {finding.name: suspects_of(finding) for finding in verify()}
        drifting = [name for name, found in suspects.items() if known.intersection(found)]
        Verification.objects.create(ran_at=now, suspects=list(chain(*suspects.values())), drifting=drifting)
        kept = Verification.objects.order_by("-ran_at").values("pk")[:VERIFICATIONS_KEPT]
        Verification.objects.exclude(pk__in=kept).delete()


def suspects_of(finding: Finding) -> list[str]:
    """Return what differs, as one line for each."""
    found = finding.differing[:SUSPECTS_MAX]
    return [f"{finding.name}[{key}]: {source}, stored {stored}" for key, source, stored in found]
