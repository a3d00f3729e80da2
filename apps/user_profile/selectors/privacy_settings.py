"""A player's own settings, for the page on which he changes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.user_profile.models import PrivacySettings
from apps.user_profile.models.privacy import SWITCHES, Preset

PRESETS = tuple(Preset.values)
CHOICES: dict[str, tuple[str, ...]] = {
    field.name: tuple(value for value, _ in field.choices)
    for field in PrivacySettings._meta.concrete_fields
    if field.name in SWITCHES and field.choices
}
"""The settings that are not on or off, with what they can be."""


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """What is set, which preset was chosen, and what differs from it."""

    preset: str
    values: Mapping[str, Any]
    deviations: Sequence[str]


def settings_of(user_id: int) -> OwnSettings:
    """Return the settings of a player. One query."""
    settings = PrivacySettings.of(user_id)
    values = {name: getattr(settings, name) for name in SWITCHES}
    return OwnSettings(settings.visibility_preset, values, settings.deviations)
