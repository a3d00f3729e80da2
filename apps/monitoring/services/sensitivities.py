"""Setting how sensitive an alert is."""

from django.db import transaction
from django.utils import timezone

from apps.monitoring.models import Sensitivity


@transaction.atomic
def change(code: str, *, threshold: float, minutes: float, is_on: bool, by_id: int) -> None:
    """Set a rule; it holds from the watchman's next round on."""
    values = {"threshold": threshold, "minutes": minutes, "is_on": is_on}
    Sensitivity.objects.update_or_create(
        rule=code, defaults={**values, "changed_by_id": by_id, "changed_at": timezone.now()}
    )


def reset(code: str) -> None:
    """Let a rule be as the settings say again."""
    Sensitivity.objects.filter(rule=code).delete()
