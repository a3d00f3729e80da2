"""Identity: who somebody is, and what others may know."""

from apps.user_profile.models.account import User
from apps.user_profile.models.activity import UserActivity
from apps.user_profile.models.passport import GameProfile
from apps.user_profile.models.profile import PublicIdKey, UserProfile
from apps.user_profile.models.stats import UserProfileStats

__all__ = ["GameProfile", "PublicIdKey", "User", "UserActivity", "UserProfile", "UserProfileStats"]
