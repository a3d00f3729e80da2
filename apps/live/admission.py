"""How many streams somebody may open in a minute. One that is open is not counted again."""

from apps.api import limits
from apps.api.limits import Tier
from apps.live.channels import Refused


def count(caller: str, tier: Tier) -> None:
    """Take one from a caller's allowance. Raises Refused, with the time after which to come again."""
    taken = limits.take(caller, tier)
    if taken.refused:
        wait_s = taken.retry_after_s
        reason = f"Too many streams were opened: {tier.per_minute} a minute are allowed. Wait {wait_s} s."
        raise Refused(429, reason, retry_after_s=wait_s)
