"""The rows that `privacy.decide` decides from, each with the card of its player.

They are read at every answer, so their statement is written by the ORM once, not each time: that takes
longer than the database needs to answer it.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef

from apps.api import statements
from apps.user_profile.models import Block, Follow, FollowRequest, Mute, PrivacySettings, TeamSeat
from apps.user_profile.models.privacy import SETTINGS

type Row = dict[str, Any]

CARD = {
    "username": F("user_profile__user__username"),
    "display_name": F("user_profile__display_name"),
    "avatar": F("user_profile__avatar"),
}
OF_PLAYERS = "SELECT * FROM ({sql}) AS source WHERE owner_id = ANY(%(user_ids)s::bigint[])"
# Stands for the viewer while the statement is written.
ANY_VIEWER = -1


class Source(NamedTuple):
    """All rows as SQL with `%(viewer_id)s`, the parameters that are always the same, and the columns."""

    sql: str
    fixed: Row
    columns: list[str]


def rows_of(viewer_id: int | None, user_ids: Iterable[int]) -> list[Row]:
    """Return the rows of these players, with how the viewer stands to them, if there is one. One query."""
    sql, fixed, columns = source(has_viewer=viewer_id is not None)
    given = {**fixed, "viewer_id": viewer_id, "user_ids": list(user_ids)}
    found = statements.rows(OF_PLAYERS.format(sql=sql), given)
    return [dict(zip(columns, row, strict=True)) for row in found]


@cache
def source(*, has_viewer: bool) -> Source:
    """Return the source: whoever reads more of a player joins it there, on `owner_id`."""
    annotations = facts(ANY_VIEWER if has_viewer else None) | CARD
    rows = PrivacySettings.objects.annotate(**annotations).values(*SETTINGS, *annotations)
    sql, values = rows.query.sql_with_params()
    fixed = {f"fixed_{place}": value for place, value in enumerate(values) if value != ANY_VIEWER}
    names = [
        "%(viewer_id)s::bigint" if value == ANY_VIEWER else f"%(fixed_{place})s"
        for place, value in enumerate(values)
    ]
    return Source(sql % tuple(names), fixed, [*rows.query.values_select, *rows.query.annotation_select])


def facts(viewer_id: int | None) -> dict[str, Any]:
    """Return what is read beside the settings: annotations of the settings, by name."""
    return {
        "owner_id": F("user_profile__user_id"),
        "is_active": F("user_profile__user__is_active"),
        **({} if viewer_id is None else _edges(viewer_id)),
    }


def _edges(viewer_id: int) -> dict[str, Exists]:
    """Return what joins the viewer and the player."""
    player = OuterRef("user_profile__user_id")
    own_teams = TeamSeat.objects.filter(user_id=viewer_id).values("team_id")
    return {
        "has_blocked": Exists(Block.objects.filter(user_id=player, blocked_id=viewer_id)),
        "is_blocked": Exists(Block.objects.filter(user_id=viewer_id, blocked_id=player)),
        "is_muted": Exists(Mute.objects.filter(user_id=viewer_id, muted_id=player)),
        "is_followed": Exists(Follow.objects.filter(follower_id=viewer_id, followed_id=player)),
        "follows_viewer": Exists(Follow.objects.filter(follower_id=player, followed_id=viewer_id)),
        "is_requested": Exists(
            FollowRequest.objects.pending().filter(follower_id=viewer_id, followed_id=player)
        ),
        "is_teammate": Exists(TeamSeat.objects.filter(user_id=player, team_id__in=own_teams)),
    }
