"""What an overlay shows when its owner tries it: made up, and marked."""

import json
import uuid
from typing import Any

from django.utils import timezone

from apps.live.channels import State
from apps.overlay.layouts import LAYOUTS
from apps.overlay.models import Overlay
from apps.overlay.options import Options
from apps.webhooks import offers, samples
from apps.webhooks.messages import standard
from apps.webhooks.messages.facts import Facts, Happening


def message(overlay: Overlay, asked: Options) -> State | None:
    """Return the test that was asked for last: the event, and how the layout would look with figures.

    None for an event that is offered no more.
    """
    event = offers.OFFERED.get(overlay.test_type)
    if event is None:
        return None
    args = event.decode(samples.payload(event))
    happening = Happening(uuid.uuid4(), event.name, overlay.tested_at or timezone.now(), args, is_test=True)
    told: dict[str, Any] = json.loads(standard.body(Facts({}), happening))
    return {"test": True, "event": told, "state": LAYOUTS[asked.layout].example(asked.fields)}
