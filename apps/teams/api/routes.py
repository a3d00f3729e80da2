"""The one router of teams: what is read and what is written stand at the same addresses."""

from ninja import Router

router = Router(tags=["teams"])
