"""The one router of tournaments: what is read and what is written stand at the same addresses."""

from ninja import Router

router = Router(tags=["tournaments"])
