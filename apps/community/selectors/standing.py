"""What moderators let stand: asked of the source rows at every answer, as privacy is.

A time that is over counts no more from that very moment, whether the job has tidied up or not.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from apps.community.models import Restriction, Verb


def hidden_posts() -> Q:
    """Return the condition of posts that nobody may read: hidden, or of somebody who is suspended."""
    return Q(Exists(Restriction.objects.in_force().filter(post=OuterRef("pk")))) | suspended("author")


def hidden_comments() -> Q:
    """Return the condition of comments that nobody may read."""
    return Q(Exists(Restriction.objects.in_force().filter(comment=OuterRef("pk")))) | suspended("author")


def suspended(player: str) -> Q:
    """Return the condition of rows of players who are suspended."""
    rows = Restriction.objects.in_force().filter(verb=Verb.SUSPEND, player=OuterRef(player))
    return Q(Exists(rows))


def bans_writing(user_id: int) -> Any:
    """Return what keeps a player from writing, the longest first, or None. One query."""
    rows = Restriction.objects.in_force().filter(player_id=user_id, verb__in=[Verb.MUTE, Verb.SUSPEND])
    found = list(rows.select_related("action"))
    return max(found, key=lambda each: (each.due_at is None, each.due_at), default=None)
