"""What a player lets others see and do. `selectors.privacy` decides by it, `services.privacy` changes it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from apps.events.announced import AnnouncedModel, Change
from apps.user_profile.signals import privacy_changed


class Preset(models.TextChoices):
    """A choice that sets all switches at once."""

    PUBLIC = "PUBLIC", "Public"
    PROTECTED = "PROTECTED", "Protected"
    PRIVATE = "PRIVATE", "Private"


class Audience(models.TextChoices):
    """Who may read a list of followers."""

    EVERYONE = "everyone", "Everyone"
    FOLLOWERS = "followers", "My followers"
    ONLY_ME = "only_me", "Only me"


class InventoryAudience(models.TextChoices):
    """Who may see an inventory; friends are those who follow the player."""

    PUBLIC = "PUBLIC", "Everyone"
    FRIENDS = "FRIENDS", "My followers"
    PRIVATE = "PRIVATE", "Only me"


class Inviters(models.TextChoices):
    """Who may invite the player to a team."""

    EVERYONE = "everyone", "Everyone"
    FOLLOWING = "following", "People I follow"
    TEAMMATES = "teammates", "My teammates"
    NOBODY = "nobody", "Nobody"


class PrivacySettings(AnnouncedModel):
    """The switches of one player, born with the account. Off means: nobody but the player."""

    # Every field but the two keys is a setting, and announced; filled in below the class.
    ANNOUNCED_FIELDS: ClassVar[tuple[str, ...]] = ()
    ANNOUNCED_BY = "apps.user_profile.services.privacy"

    user_profile = models.OneToOneField(
        "user_profile.UserProfile", on_delete=models.CASCADE, related_name="privacy_settings"
    )
    visibility_preset = models.CharField(max_length=9, choices=Preset, default=Preset.PUBLIC)
    is_private_account = models.BooleanField("private account", default=False)

    show_real_name = models.BooleanField("real name", default=False)
    show_phone = models.BooleanField("phone number", default=False)
    show_email = models.BooleanField("e-mail address", default=False)
    show_age = models.BooleanField("age", default=True)
    show_gender = models.BooleanField("gender", default=False)
    show_country = models.BooleanField("country", default=True)
    show_address = models.BooleanField("address", default=False)
    show_nationality = models.BooleanField("nationality", default=True)

    show_game_ids = models.BooleanField("game passports", default=True)
    show_match_history = models.BooleanField("match history and statistics", default=True)
    show_teams = models.BooleanField("teams", default=True)
    show_achievements = models.BooleanField("achievements", default=True)
    show_activity_feed = models.BooleanField("activity", default=True)
    show_tournaments = models.BooleanField("tournaments", default=True)

    show_inventory_value = models.BooleanField("value of the inventory", default=False)
    inventory_visibility = models.CharField(
        "inventory", max_length=7, choices=InventoryAudience, default=InventoryAudience.PUBLIC
    )
    show_level_xp = models.BooleanField("level and XP", default=True)

    show_social_links = models.BooleanField("social links", default=True)
    show_followers_count = models.BooleanField("number of followers", default=True)
    show_following_count = models.BooleanField("number of followed players", default=True)
    show_followers_list = models.BooleanField("list of followers", default=True)
    show_following_list = models.BooleanField("list of followed players", default=True)
    followers_list_visibility = models.CharField(
        "who sees the list of followers", max_length=9, choices=Audience, default=Audience.EVERYONE
    )
    following_list_visibility = models.CharField(
        "who sees the list of followed players", max_length=9, choices=Audience, default=Audience.EVERYONE
    )

    show_device = models.BooleanField("device", default=True)
    show_play_style = models.BooleanField("play style", default=True)
    show_roles = models.BooleanField("roles", default=True)
    show_active_hours = models.BooleanField("active hours", default=True)
    show_preferred_contact = models.BooleanField("preferred way of contact", default=False)

    allow_team_invites = models.CharField(
        "team invitations from", max_length=9, choices=Inviters, default=Inviters.EVERYONE
    )
    allow_friend_requests = models.BooleanField("new followers", default=True)
    allow_direct_messages = models.BooleanField("direct messages", default=True)

    class Meta:
        verbose_name_plural = "privacy settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility_preset__in=Preset.values), name="privacy_preset_known"
            ),
            models.CheckConstraint(
                condition=Q(inventory_visibility__in=InventoryAudience.values),
                name="privacy_inventory_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    followers_list_visibility__in=Audience.values,
                    following_list_visibility__in=Audience.values,
                ),
                name="privacy_lists_known",
            ),
            models.CheckConstraint(
                condition=Q(allow_team_invites__in=Inviters.values), name="privacy_inviters_known"
            ),
        ]

    def __str__(self) -> str:
        return f"privacy of profile {self.user_profile_id}"

    @property
    def deviations(self) -> Sequence[str]:
        """The switches that are not as the chosen preset has them, in the order of the table."""
        wanted = PRESETS[Preset(self.visibility_preset)]
        return [name for name in SWITCHES if getattr(self, name) != wanted[name]]

    def save(self, *args: Any, **options: Any) -> None:
        """Save the settings; a preset that was chosen sets every switch that was not changed by hand."""
        self._take_preset(options)
        super().save(*args, **options)

    def _take_preset(self, options: dict[str, Any]) -> None:
        remembered: dict[str, Any] = self.__dict__.get("_remembered", {})
        only = options.get("update_fields")
        if only is not None and "visibility_preset" not in only:
            return
        if self.visibility_preset not in Preset.values:
            return  # the database refuses it
        if self.visibility_preset == remembered.get("visibility_preset", Preset.PUBLIC):
            return
        for name, value in PRESETS[Preset(self.visibility_preset)].items():
            if getattr(self, name) == remembered.get(name, DEFAULTS[name]):
                setattr(self, name, value)
        if only is not None:
            options["update_fields"] = {*only, *SWITCHES}

    def announce_changed(self, changes: dict[str, Change]) -> None:
        """Say what changed, one event for each setting."""
        rows = [
            {"user_id": self.user_profile.user_id, "setting_name": name, "new_value": changes[name].new}
            for name in SETTINGS
            if name in changes
        ]
        privacy_changed.send_many(type(self), rows)

    @classmethod
    def of(cls, user_id: int) -> "PrivacySettings":
        """Return the settings of a player."""
        return cls._default_manager.get(user_profile__user_id=user_id)


SETTINGS = tuple(
    field.name for field in PrivacySettings._meta.concrete_fields if field.name not in ("id", "user_profile")
)
SWITCHES = tuple(name for name in SETTINGS if name != "visibility_preset")
PrivacySettings.ANNOUNCED_FIELDS = SETTINGS
DEFAULTS: dict[str, Any] = {
    field.name: field.get_default()
    for field in PrivacySettings._meta.concrete_fields
    if field.name in SWITCHES
}
PRESETS: dict[Preset, dict[str, Any]] = {
    Preset.PUBLIC: DEFAULTS,
    Preset.PROTECTED: DEFAULTS
    | {
        "show_match_history": False,
        "allow_direct_messages": False,
        "followers_list_visibility": Audience.FOLLOWERS.value,
        "following_list_visibility": Audience.FOLLOWERS.value,
        "inventory_visibility": InventoryAudience.FRIENDS.value,
    },
    Preset.PRIVATE: DEFAULTS
    | {name: False for name in SWITCHES if name.startswith("show_")}
    | {
        "is_private_account": True,
        "allow_friend_requests": False,
        "allow_direct_messages": False,
        "followers_list_visibility": Audience.ONLY_ME.value,
        "following_list_visibility": Audience.ONLY_ME.value,
        "inventory_visibility": InventoryAudience.PRIVATE.value,
    },
}
"""What each preset makes of every switch; all are there, so that a new switch cannot be forgotten."""
