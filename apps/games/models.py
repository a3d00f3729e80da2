"""Reference data: the games that are played here. The rows come from `reference`, at every `migrate`."""

import re

from django.db import models

from apps.games import identities


class Game(models.Model):
    """A title, how its players are identified, and what its teams and ladders look like."""

    name = models.CharField(max_length=50, unique=True)
    slug = models.SlugField(unique=True)
    identity_label = models.CharField(max_length=50, help_text="What the game calls the name of a player.")
    identity_pattern = models.CharField(
        max_length=200, blank=True, help_text="The whole identity as a regular expression; empty is any text."
    )
    identity_hint = models.CharField(max_length=100, blank=True, help_text="How an identity looks.")
    roster_min = models.PositiveSmallIntegerField(default=1)
    # Null is no limit.
    roster_max = models.PositiveSmallIntegerField(null=True, blank=True)
    regions = models.JSONField(default=list, blank=True)
    ranks = models.JSONField(default=list, blank=True, help_text="From the lowest to the highest.")
    roles = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def has_stable_identity(self) -> bool:
        """Whether the identity is a number or code of the game's own, and no name that players change."""
        return identities.is_code(self.slug)

    def accepts_identity(self, identity: str) -> bool:
        """Tell whether a text can be the identity of a player of this game."""
        return not self.identity_pattern or re.fullmatch(self.identity_pattern, identity) is not None

    def normalise_identity(self, text: str) -> str:
        """Return an identity as it is stored and shown."""
        return identities.normalise(self.slug, text)

    def identity_key(self, identity: str) -> str:
        """Return what is the same for all ways to write one identity of this game."""
        return identities.key(identity)
