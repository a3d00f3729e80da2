"""The feed: what a player would want to read, window by window, each in the order of his interest.

A window is the newest posts below the one before that are his to read: of those he follows and his teammates,
without end; of strangers who play what he plays or write of what he writes of, as far back as the latest
REACH public posts. Inside a window posts are ranked; what was shown of it is in the cursor. So the ranks may
change while he reads, and still nothing comes twice and nothing is passed over.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db import connection
from django.utils.translation import gettext as _

from apps.community.selectors.posts import ID_MAX, PER_PAGE, PostView, in_order
from apps.user_profile.selectors.audience import GAMES, HEARD, STRANGER, UNWANTED
from apps.user_profile.selectors.privacy import Viewer

WINDOW = 60
REACH = 2000
# What counts how many hours of age.
HOURS = {"is_teammate": 8.0, "is_followed": 6.0, "game_id": 4.0, "tag": 2.0}
AFFINITY_MAX, AFFINITY_HOURS = 10, 1.0
OFTEN = 3

READS = """(visibility = 'public' OR visibility = 'followers' AND is_followed
              OR visibility = 'team' AND is_teammate)"""
WHO = f"""unwanted AS MATERIALIZED ({UNWANTED} UNION
    SELECT player_id FROM community_restriction
     WHERE verb = 'SUSPEND' AND (due_at IS NULL OR due_at > now()) AND player_id <> %(viewer)s),
heard AS MATERIALIZED (
    SELECT * FROM ({HEARD}) AS heard WHERE author_id NOT IN (SELECT author_id FROM unwanted)),
"""
# The newest posts of many authors are all by the authors with the newest latest post: so one probe of an
# index for each of them, and only as many authors as a window has posts are read further.
NEAR = f"""latest AS MATERIALIZED (
    SELECT heard.* FROM heard CROSS JOIN LATERAL (
        SELECT id FROM community_post
         WHERE community_post.author_id = heard.author_id AND id < %(high)s AND {READS}
         ORDER BY id DESC LIMIT 1) AS newest
     ORDER BY newest.id DESC LIMIT %(window)s),
near AS MATERIALIZED (
    SELECT posted.id, latest.*, NULL::bigint AS game_id, NULL::text AS tag
      FROM latest CROSS JOIN LATERAL (
        SELECT id FROM community_post
         WHERE community_post.author_id = latest.author_id AND id < %(high)s AND {READS}
         ORDER BY id DESC LIMIT %(window)s) AS posted
     ORDER BY posted.id DESC LIMIT %(window)s),
"""
CANDIDATES = f"""
WITH {WHO}games AS MATERIALIZED ({GAMES}),
liked AS MATERIALIZED (
    SELECT post_id FROM community_like WHERE user_id = %(viewer)s ORDER BY id DESC LIMIT 100),
spoken AS MATERIALIZED (
    SELECT post_id FROM community_comment WHERE author_id = %(viewer)s ORDER BY id DESC LIMIT 100),
written AS MATERIALIZED (
    SELECT id AS post_id FROM community_post WHERE author_id = %(viewer)s ORDER BY id DESC LIMIT 20),
affinity AS MATERIALIZED (
    SELECT author_id, count(*) AS acts
      FROM (SELECT post_id FROM liked UNION ALL SELECT post_id FROM spoken) AS acted
      JOIN community_post ON id = post_id GROUP BY author_id),
interests AS MATERIALIZED (
    SELECT DISTINCT tag FROM community_posttag
     WHERE post_id IN (SELECT post_id FROM liked UNION SELECT post_id FROM written)),
bottom AS MATERIALIZED (
    SELECT coalesce(%(floor)s::bigint, (
        SELECT id FROM community_post WHERE visibility = 'public' ORDER BY id DESC OFFSET {REACH} LIMIT 1), 0
    ) AS floor),
{NEAR}recent AS MATERIALIZED (
    SELECT id, author_id FROM community_post
     WHERE visibility = 'public' AND id < %(high)s AND id >= (SELECT floor FROM bottom)
       AND (EXISTS (SELECT FROM games) OR EXISTS (SELECT FROM interests))
     ORDER BY id DESC),
far AS MATERIALIZED (
    SELECT recent.id, recent.author_id, false AS is_followed, false AS is_teammate, stranger.game_id,
           (SELECT tag FROM community_posttag
             WHERE post_id = recent.id AND tag IN (SELECT tag FROM interests) ORDER BY tag LIMIT 1) AS tag
      FROM recent CROSS JOIN LATERAL ({STRANGER}) AS stranger
     WHERE stranger.is_open AND recent.author_id NOT IN (SELECT author_id FROM heard)
       AND recent.author_id NOT IN (SELECT author_id FROM unwanted)),
chosen AS (
    SELECT * FROM (
        SELECT id, author_id, is_followed, is_teammate, game_id, tag FROM near
         UNION ALL
        (SELECT * FROM far WHERE game_id IS NOT NULL OR tag IS NOT NULL ORDER BY id DESC LIMIT %(window)s)
    ) AS found WHERE id >= %(low)s ORDER BY id DESC LIMIT %(window)s)
SELECT chosen.*, coalesce(affinity.acts, 0) AS acts, post.created_at,
       like_count + 2 * comment_count AS warmth, (SELECT floor FROM bottom) AS floor,
       (SELECT name FROM games_game WHERE games_game.id = game_id) AS game
  FROM chosen JOIN community_post AS post USING (id)
  JOIN community_postcounts ON post_id = id
  LEFT JOIN affinity ON affinity.author_id = chosen.author_id
 ORDER BY id DESC
"""


# What the first page would have of those he hears: the stream looks at no more.
NEWEST = f"""
WITH {WHO.rstrip().rstrip(",")},
{NEAR.rstrip().rstrip(",")}
SELECT id FROM near
 WHERE NOT EXISTS (SELECT FROM community_restriction
                    WHERE post_id = near.id AND (due_at IS NULL OR due_at > now()))
 ORDER BY id DESC
"""
WHOM = f"WITH {WHO.rstrip().rstrip(',')} SELECT author_id FROM heard"


class NotYourCursor(ValueError):
    """A cursor that is damaged, or of another player's feed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A window [low, high) that is being read, what was shown of it, and how far back strangers reach."""

    high: int = ID_MAX
    low: int = 0
    floor: int | None = None
    shown: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that may be shown, and all that speaks for it."""

    id: int
    author_id: int
    is_followed: bool
    is_teammate: bool
    game_id: int | None
    tag: str | None
    acts: int
    created_at: datetime
    warmth: int
    floor: int
    game: str | None

    def score(self) -> float:
        """Return how much it is wanted, in hours: when it was written, and what speaks for it."""
        own = self.is_followed and self.is_teammate
        wanted = sum(hours for name, hours in HOURS.items() if getattr(self, name)) if not own else 0.0
        wanted += min(self.acts, AFFINITY_MAX) * AFFINITY_HOURS + math.log2(1 + self.warmth)
        return self.created_at.timestamp() / 3600 + wanted


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of a feed, and the cursor of the next one, None when this is the last."""

    items: Sequence[PostView]
    next: str | None


def feed(viewer_id: int, cursor: str = "", *, latest: bool = False) -> FeedPage:
    """Return a page of a player's feed; `latest` is in the order of time alone. Four queries.

    Raises NotYourCursor.
    """
    place = read_cursor(viewer_id, cursor) if cursor else Place()
    window = PER_PAGE if latest else WINDOW
    found = candidates(viewer_id, place, window)
    unseen = [each for each in found if each.id not in place.shown]
    if not latest:
        unseen.sort(key=lambda each: (each.score(), each.id), reverse=True)
    page = unseen[:PER_PAGE]
    why = {each.id: reason(viewer_id, each) for each in page}
    items = in_order(Viewer(viewer_id), why) if why else []
    after = following(place, found, [each.id for each in page], window)
    return FeedPage(items, write_cursor(viewer_id, after) if after else None)


def candidates(viewer_id: int, place: Place, window: int) -> list[Candidate]:
    """Return the posts of a window, the newest first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, parameters(viewer_id, place, window))
        return [Candidate(*row) for row in cursor.fetchall()]


def heard_ids(viewer_id: int) -> set[int]:
    """Return whom a player hears: himself, whom he follows, his teammates; nobody muted. One query."""
    with connection.cursor() as cursor:
        cursor.execute(WHOM, {"viewer": viewer_id})
        return {author_id for (author_id,) in cursor.fetchall()}


def newest(viewer_id: int) -> list[int]:
    """Return the newest posts of those whom a player hears, as many as a page has. One query."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, {"viewer": viewer_id, "high": ID_MAX, "window": PER_PAGE})
        return [post_id for (post_id,) in cursor.fetchall()]


def parameters(viewer_id: int, place: Place, window: int) -> dict[str, Any]:
    """Return what the statement asks for."""
    return {
        "viewer": viewer_id,
        "high": place.high,
        "low": place.low,
        "floor": place.floor,
        # Inside of known ends there is room for what is his to read only since then.
        "window": 2 * window if place.low else window,
    }


def following(place: Place, found: Sequence[Candidate], page: Sequence[int], window: int) -> Place | None:
    """Return where the next page begins, None when there is none."""
    if not found:
        return Place(place.low, 0, place.floor) if place.low else None
    floor = found[0].floor
    # The first page of a window finds its two ends; the window that is not full is the last.
    low = place.low or (found[-1].id if len(found) == window else 0)
    high = min(place.high, found[0].id + 1)
    shown = {*place.shown, *page}
    if any(each.id not in shown for each in found):
        return Place(high, low, floor, tuple(sorted(shown)))
    return Place(low, 0, floor) if low else None


def reason(viewer_id: int, each: Candidate) -> str:
    """Say why a post is in the feed: the strongest reason."""
    if each.author_id == viewer_id:
        return _("You wrote this")
    if each.is_teammate:
        return _("Your teammate")
    if each.is_followed:
        often = each.acts >= OFTEN
        return _("You follow them, and like what they write") if often else _("You follow them")
    if each.game:
        return _("Plays %(game)s, as you do") % {"game": each.game}
    return _("About #%(tag)s, as you write or like") % {"tag": each.tag}


def signer(viewer_id: int) -> signing.Signer:
    """Return what signs the cursors of one player's feed, and of no other."""
    return signing.Signer(sep=".", salt=f"community.feed:{viewer_id}")


def write_cursor(viewer_id: int, place: Place) -> str:
    """Return a place as nobody else can write it; the ids shown as steps from one to the next."""
    steps = [now - before for before, now in zip((place.low, *place.shown), place.shown, strict=False)]
    return signer(viewer_id).sign_object([place.high, place.low, place.floor, *steps], compress=True)


def read_cursor(viewer_id: int, cursor: str) -> Place:
    """Return a place that was written for this player. Raises NotYourCursor."""
    try:
        high, low, floor, *steps = signer(viewer_id).unsign_object(cursor)
    except (signing.BadSignature, ValueError) as error:
        raise NotYourCursor("this cursor is not of your feed: begin at the first page") from error
    shown, last = [], low
    for step in steps:
        last += step
        shown.append(last)
    return Place(high, low, floor, tuple(shown))
