"""What the identity layer announces."""

from apps.events import Personal, domain_event


@domain_event(version=1)
def profile_created(user_id: int) -> None:
    """A player's profile came to be, together with the account.

    Announced by UserProfile when the row is created.
    """


@domain_event(version=1)
def profile_updated(user_id: int, changed_fields: list[str]) -> None:
    """A player changed something that others see of the profile; `changed_fields` is sorted.

    Announced by UserProfile when the row is saved with other values.
    """


@domain_event(version=1)
def display_name_changed(user_id: int, old_name: Personal[str], new_name: Personal[str]) -> None:
    """A player's display name changed.

    Announced by UserProfile when the row is saved with another name.
    """


@domain_event(version=1)
def avatar_changed(user_id: int, new_avatar_url: Personal[str | None]) -> None:
    """A player's picture changed; the URL is null when it was removed.

    Announced by UserProfile when the row is saved with another picture.
    """


@domain_event(version=1)
def username_changed(user_id: int, old_username: Personal[str], new_username: Personal[str]) -> None:
    """A player's username, and with it the address of the profile, changed.

    Announced by User when the row is saved with another username.
    """


@domain_event(version=1)
def game_passport_added(user_id: int, game_id: int, ign: Personal[str]) -> None:
    """A player added the passport of a game; `ign` is the name there.

    Announced by GameProfile when the row is created.
    """


@domain_event(version=1)
def game_passport_updated(user_id: int, game_id: int, changed_fields: list[str]) -> None:
    """A player changed a passport; `changed_fields` is sorted.

    Announced by GameProfile when the row is saved with other values.
    """


@domain_event(version=1)
def game_passport_deleted(user_id: int, game_id: int) -> None:
    """A player's passport of a game is gone.

    Announced by GameProfile when the row is deleted.
    """


@domain_event(version=1)
def privacy_changed(user_id: int, setting_name: str, new_value: bool | str) -> None:
    """A player changed a privacy setting; the next answer to anybody obeys it.

    Announced by PrivacySettings when the row is saved with another value, once for each setting.
    """


@domain_event(version=1, key="follower_id")
def user_followed(follower_id: int, followed_id: int) -> None:
    """A player follows another from now on.

    Announced by Follow when the row is created.
    """


@domain_event(version=1, key="follower_id")
def user_unfollowed(follower_id: int, followed_id: int) -> None:
    """A player follows another no longer.

    Announced by Follow when the row is deleted.
    """


@domain_event(version=1, key="follower_id")
def follow_requested(follower_id: int, followed_id: int) -> None:
    """A player asked to follow a private account.

    Announced by FollowRequest when the row is created.
    """


@domain_event(version=1, key="follower_id")
def follow_request_approved(follower_id: int, followed_id: int) -> None:
    """A private account said yes to a request; `user_followed` comes with it.

    Announced by FollowRequest when its status changes.
    """


@domain_event(version=1, key="follower_id")
def follow_request_rejected(follower_id: int, followed_id: int) -> None:
    """A private account said no to a request.

    Announced by FollowRequest when its status changes.
    """


@domain_event(version=1, key="follower_id")
def follow_request_cancelled(follower_id: int, followed_id: int) -> None:
    """A request was taken back, became needless, or was ended by a block.

    Announced by FollowRequest when its status changes.
    """


@domain_event(version=1)
def user_blocked(user_id: int, blocked_id: int) -> None:
    """A player wants nothing of another any more.

    Announced by Block when the row is created.
    """


@domain_event(version=1)
def user_unblocked(user_id: int, blocked_id: int) -> None:
    """A player took a block back; nobody follows again by that.

    Announced by Block when the row is deleted.

    Nobody needs to hear it: what a block ended stays ended, and privacy reads the rows.
    """


@domain_event(version=1)
def user_muted(user_id: int, muted_id: int) -> None:
    """A player wants to hear nothing of another.

    Announced by Mute when the row is created.
    """


@domain_event(version=1)
def user_unmuted(user_id: int, muted_id: int) -> None:
    """A player hears of another again.

    Announced by Mute when the row is deleted.

    Nobody needs to hear it: feeds and notifications read the rows whenever they are made.
    """


@domain_event(version=1)
def achievement_unlocked(user_id: int, achievement_code: str) -> None:
    """A player reached an achievement, or has one again whose revocation no longer holds.

    Announced by the achievement service, not for history that is heard again.
    """


@domain_event(version=1)
def achievement_revoked(user_id: int, achievement_code: str, reason: str) -> None:
    """A player has an achievement no longer: what it rested on was corrected, or a person decided so.

    Announced by the achievement service.
    """


@domain_event(version=1)
def achievements_backfilled(user_id: int, achievement_codes: list[str]) -> None:
    """A player is told, at once, of achievements that were counted from the past; the codes are sorted.

    Announced by the achievement digests, once for each achievement.
    """


@domain_event(version=1)
def stats_updated(user_id: int) -> None:
    """A figure of a player's statistics moved; several at once are one event.

    Announced by the stats service, not for history that is heard again.
    """


# The roadmap's other names for the same two events.
profile_display_name_changed = display_name_changed
profile_avatar_changed = avatar_changed
