"""What tokens may be allowed to do."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

TOKEN_NAME_CHARS_MAX = 60


class Scope(TextChoices):
    """What a token may do."""

    READ = "read", _("Read what you can see")
    EVENTS_READ = "events:read", _("Follow the events that name you")
    PROFILE_WRITE = "profile:write", _("Change your profile and your passports")
    FOLLOWS_WRITE = "follows:write", _("Follow and unfollow players")
    POSTS_WRITE = "posts:write", _("Post, comment and like")
    NOTIFICATIONS_WRITE = "notifications:write", _("Mark what you are told as read, and choose what that is")
    REPORTS_WRITE = "reports:write", _("Report posts, comments and players")
    WALLET_READ = "wallet:read", _("See your wallet")
    WALLET_WRITE = "wallet:write", _("Send your coins and buy with them")
    TEAMS_WRITE = "teams:write", _("Run your teams, and join and leave them")
    ENTRIES_WRITE = "entries:write", _("Enter tournaments and withdraw")
    TOURNAMENTS_WRITE = "tournaments:write", _("Run your tournaments")
