"""What webhooks announce."""

from apps.events import domain_event


@domain_event(version=1)
def webhook_endpoint_disabled(user_id: int, endpoint_id: int, reason: str) -> None:
    """An endpoint gets nothing any more until somebody enables it; `user_id` is who made it.

    What happens meanwhile is held for it. Announced by the results service.
    """
