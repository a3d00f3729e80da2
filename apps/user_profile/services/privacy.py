"""Privacy settings: the only place that changes them on a player's behalf. The next answer obeys."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.user_profile.models import PrivacySettings
from apps.user_profile.models.privacy import PRESETS, SETTINGS, Preset
from apps.user_profile.services import profiles


class UnknownSetting(ValidationError):
    """There is no setting of this name: `models.privacy.SETTINGS` lists them."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "There is no privacy setting %(name)s.", code="unknown_setting", params={"name": name}
        )


@transaction.atomic
def update(*, user_id: int, **wanted: Any) -> PrivacySettings:
    """Change the settings that are given; a preset among them sets all the others that are not.

    Raises UnknownSetting, or ValidationError by field.
    """
    for name in wanted:
        if name not in SETTINGS:
            raise UnknownSetting(name)
    profiles.lock(user_id)
    settings = PrivacySettings.of(user_id)
    if "visibility_preset" in wanted and wanted["visibility_preset"] in Preset.values:
        wanted = PRESETS[Preset(wanted["visibility_preset"])] | wanted
    for name, value in wanted.items():
        setattr(settings, name, value)
    settings.full_clean(exclude={"user_profile"})
    settings.save()
    return settings


def apply_preset(*, user_id: int, preset: str) -> PrivacySettings:
    """Set every switch as a preset has it.

    Raises ValidationError when there is no such preset.
    """
    return update(user_id=user_id, visibility_preset=preset)
