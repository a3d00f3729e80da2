"""What monitoring announces, for channels outside."""

from apps.events import domain_event


@domain_event(version=1, key="incident_id")
def alert_opened(incident_id: int, rule: str, subject: str, severity: str, summary: str) -> None:
    """Something is wrong, and has been for long enough to say so. Announced by the incidents service."""


@domain_event(version=1, key="incident_id")
def alert_resolved(incident_id: int, rule: str, subject: str, severity: str, summary: str) -> None:
    """What an alert was about is over. Announced by the incidents service."""
