"""The formats that a phase can be played in."""

from django.db.models import TextChoices


class Format(TextChoices):
    """How a phase is played."""

    SINGLE_ELIMINATION = "SINGLE_ELIMINATION", "Single elimination"
    DOUBLE_ELIMINATION = "DOUBLE_ELIMINATION", "Double elimination"
    ROUND_ROBIN = "ROUND_ROBIN", "Round robin"
    SWISS = "SWISS", "Swiss"
