"""Who hears of whom: what is sent to a player by itself passes here; what he looks at, `privacy` decides."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from apps.user_profile.models import Block, Mute, User


def who_hears(actor_id: int | None, user_ids: Iterable[int]) -> set[int]:
    """Return those of these players who want to hear of somebody, or of something that nobody did. One query.

    Left out are closed accounts, who muted him, and both sides of a block.
    """
    players = User.objects.filter(pk__in=set(user_ids), is_active=True)
    if actor_id is not None:
        muted = Mute.objects.filter(user_id=OuterRef("pk"), muted_id=actor_id)
        blocked = Block.objects.filter(
            Q(user_id=OuterRef("pk"), blocked_id=actor_id) | Q(user_id=actor_id, blocked_id=OuterRef("pk"))
        )
        players = players.exclude(Exists(muted)).exclude(Exists(blocked))
    return set(players.values_list("pk", flat=True))
