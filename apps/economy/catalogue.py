"""What the shop sells from the first `migrate` on; prices and words are then an operator's to change."""

from typing import Any

from django.apps import apps as installed
from django.db import router

CATALOGUE = (
    ("early-bird", "Early Bird", "Here before the season began.", "BADGE", 50),
    ("night-owl", "Night Owl", "Plays when the servers are quiet.", "BADGE", 80),
    ("ice-veins", "Ice Veins", "Calm at match point.", "BADGE", 120),
    ("crown-collector", "Crown Collector", "There is always room for one more.", "BADGE", 250),
    ("ember-ring", "Ember Ring", "A frame that glows like the last round.", "AVATAR_FRAME", 300),
    ("tidal-ring", "Tidal Ring", "A frame of deep water.", "AVATAR_FRAME", 300),
    ("royal-ring", "Royal Ring", "A frame for heads that wear crowns.", "AVATAR_FRAME", 900),
    ("delta-dawn", "Delta Dawn", "A banner of first light over the river.", "BANNER", 500),
    ("neon-arena", "Neon Arena", "A banner of a sold-out night.", "BANNER", 500),
)


def write(using: str = "default", apps: Any = installed, **_: Any) -> None:
    """Write the items that are missing, after every `migrate`; those that are there stay as they are."""
    try:
        model = apps.get_model("economy", "ShopItem")
    except LookupError:
        return
    if not router.allow_migrate_model(using, model):
        return
    fields = ("slug", "name", "description", "item_type", "price")
    model._base_manager.using(using).bulk_create(
        [model(**dict(zip(fields, item, strict=True))) for item in CATALOGUE], ignore_conflicts=True
    )
