"""What operators did: written in the transaction of what they did, and never rewritten."""

from typing import Any

from apps.events.models import Act

# Who acts where nobody says so.
SHELL = "shell"


def record(verb: str, target: str = "", *, by: str, reason: str = "", **facts: Any) -> None:
    """Write an act down."""
    Act.objects.create(verb=verb, target=target, by=by, reason=reason, facts=facts)
