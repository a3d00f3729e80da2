"""Identity: who somebody is, and what others may know."""

from apps.user_profile.models.account import User
from apps.user_profile.models.achievement import AchievementTold, UserAchievement
from apps.user_profile.models.activity import UserActivity
from apps.user_profile.models.deletion import AccountDeletion
from apps.user_profile.models.follow import Block, Follow, FollowCounts, FollowRequest, Mute, TeamSeat
from apps.user_profile.models.inventory import InventoryItem
from apps.user_profile.models.passport import GameProfile
from apps.user_profile.models.passport_history import PassportAlias, PassportCooldown, PassportHold
from apps.user_profile.models.privacy import PrivacySettings
from apps.user_profile.models.profile import PublicIdKey, UserProfile
from apps.user_profile.models.staff_look import StaffLook
from apps.user_profile.models.stats import UserProfileStats
from apps.user_profile.models.username import UsernameClaim

__all__ = [
    "AccountDeletion",
    "AchievementTold",
    "Block",
    "Follow",
    "FollowCounts",
    "FollowRequest",
    "GameProfile",
    "InventoryItem",
    "Mute",
    "PassportAlias",
    "PassportCooldown",
    "PassportHold",
    "PrivacySettings",
    "PublicIdKey",
    "StaffLook",
    "TeamSeat",
    "User",
    "UserAchievement",
    "UserActivity",
    "UserProfile",
    "UserProfileStats",
    "UsernameClaim",
]
