"""What webhooks do, after the commit, about what happens."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from apps.events import Event, subscriber
from apps.notifications.kinds import Category, declare
from apps.notifications.services import notifications
from apps.webhooks import offers
from apps.webhooks.services import deliveries
from apps.webhooks.signals import webhook_endpoint_disabled

DISABLED = declare(
    "webhook_disabled", Category.SYSTEM, gettext_lazy("A webhook of yours was disabled"), by_email=True
)


@subscriber(*offers.PARTS, since="now", batch=True, replay="refuse", urgent=True)
def enqueue_deliveries(events: list[Event], **_kwargs: Any) -> None:
    """Write a delivery for every endpoint that wants to know. The sender works them off."""
    deliveries.enqueue(events)


@subscriber(webhook_endpoint_disabled, since="now", replay="refuse")
def tell_owner(event: Event, user_id: int, endpoint_id: int, reason: str, **_kwargs: Any) -> None:
    """Tell whoever made an endpoint that it gets nothing any more, once."""
    notifications.notify(
        event,
        [user_id],
        kind=DISABLED,
        text=_("A webhook was disabled: {reason} What happens meanwhile is held for it."),
        values={"reason": reason},
        url=reverse("web:webhook", args=[endpoint_id]),
        about=f"webhook:{endpoint_id}",
    )
