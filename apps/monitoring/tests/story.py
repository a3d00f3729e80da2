"""Monitoring's chapter: something is wrong for a while."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.monitoring.rules import RULES, Observation
from apps.monitoring.services import incidents

RULE = RULES["subscriber_paused"]
SUBJECT = "webhooks.enqueue_deliveries"


def tell(cast: Any) -> None:
    """Open an alert and resolve it."""
    now = timezone.now()
    seen = Observation(
        is_bad=True, is_well=False, summary=RULE.summary(SUBJECT, 1, "paused by ada: a drill.")
    )
    for observed, at in (({(RULE.code, SUBJECT): seen}, now), ({}, now + timedelta(minutes=1))):
        assert incidents.settle(observed, at, codes={RULE.code}, known=RULES)
