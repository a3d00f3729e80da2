"""Which posts a window of the feed has: one statement over the posts, nothing stored for a reader.

The newest posts of many authors are found in two ways, and each is slow where the other is fast. Who hears a
good part of all that is written finds a window among the LATEST posts; who does not, has few authors whose
newest posts are asked for one by one. So the latest come first, and authors are asked for what is older only
where that did not fill the window.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from apps.community.selectors.posts import ID_MAX, PER_PAGE
from apps.user_profile.selectors.audience import GAMES, HEARD, IS_OPEN, STRANGER, UNWANTED

WINDOW = 60
# Strangers are looked for among so many of the latest public posts,
REACH = 2000
# and those he hears among so many of all.
LATEST = 5000

# Of a restriction: by the clock, also where the job has not tidied up yet.
IN_FORCE = "(due_at IS NULL OR due_at > statement_timestamp())"
WHO = f"""unwanted AS MATERIALIZED ({UNWANTED} UNION
    SELECT player_id FROM community_restriction
     WHERE verb = 'SUSPEND' AND {IN_FORCE} AND player_id <> %(viewer)s),
heard AS MATERIALIZED (
    SELECT * FROM ({HEARD}) AS heard WHERE author_id NOT IN (SELECT author_id FROM unwanted))"""
# As `policy.reads` decides; whose account is closed is asked last, of the few that are left.
READS = """(visibility = 'public' AND is_public OR visibility = 'followers' AND is_followed
              OR visibility = 'team' AND is_teammate)"""
# What strangers wrote; where that fills the window, nothing older is in it: `bound`.
FAR = f"""liked AS MATERIALIZED (
    SELECT post_id FROM community_like WHERE user_id = %(viewer)s ORDER BY id DESC LIMIT 100),
spoken AS MATERIALIZED (
    SELECT post_id FROM community_comment WHERE author_id = %(viewer)s ORDER BY id DESC LIMIT 100),
written AS MATERIALIZED (
    SELECT id AS post_id FROM community_post WHERE author_id = %(viewer)s ORDER BY id DESC LIMIT 20),
affinity AS MATERIALIZED (
    SELECT author_id, count(*) AS acts
      FROM (SELECT post_id FROM liked UNION ALL SELECT post_id FROM spoken) AS acted
      JOIN community_post ON id = post_id GROUP BY author_id),
games AS MATERIALIZED ({GAMES}),
interests AS MATERIALIZED (
    SELECT DISTINCT tag FROM community_posttag
     WHERE post_id IN (SELECT post_id FROM liked UNION SELECT post_id FROM written)),
bottom AS MATERIALIZED (
    SELECT coalesce(%(floor)s::bigint, (
        SELECT id FROM community_post WHERE visibility = 'public'
         ORDER BY id DESC OFFSET %(reach)s LIMIT 1), 0) AS floor),
stranger AS MATERIALIZED (
    SELECT * FROM (
        SELECT recent.id, recent.author_id, false AS is_followed, false AS is_teammate, true AS is_public,
               game_id,
               (SELECT tag FROM community_posttag
                 WHERE post_id = recent.id AND tag IN (SELECT tag FROM interests) ORDER BY tag LIMIT 1) AS tag
          FROM (SELECT id, author_id FROM community_post
                 WHERE visibility = 'public' AND id < %(high)s AND id >= %(low)s
                   AND id >= (SELECT floor FROM bottom)
                   AND (EXISTS (SELECT FROM games) OR EXISTS (SELECT FROM interests))
                   AND author_id NOT IN (SELECT author_id FROM heard UNION ALL SELECT author_id FROM unwanted)
                 ORDER BY id DESC OFFSET 0) AS recent
         CROSS JOIN LATERAL ({STRANGER}) AS stranger) AS found
     WHERE game_id IS NOT NULL OR tag IS NOT NULL
     ORDER BY id DESC LIMIT %(limit)s),
bound AS MATERIALIZED (
    SELECT coalesce((SELECT id FROM stranger ORDER BY id LIMIT 1 OFFSET %(limit)s - 1), %(low)s) AS id)"""
# What those wrote whom he hears, from `bound` on. The newest posts of many authors are all by the authors
# with the newest latest post: so one probe of an index for each of them, and only as many authors as a window
# has posts are read further.
NEAR = f"""latest AS MATERIALIZED (
    SELECT id, author_id, visibility FROM community_post
     WHERE id < %(high)s AND id >= (SELECT id FROM bound) ORDER BY id DESC LIMIT %(latest)s),
new AS MATERIALIZED (
    SELECT * FROM (
        SELECT id, heard.* FROM latest JOIN heard USING (author_id) WHERE {READS}
         ORDER BY id DESC OFFSET 0) AS new
     WHERE {IS_OPEN} LIMIT %(limit)s),
ceiling AS MATERIALIZED (
    SELECT id FROM latest
     WHERE (SELECT count(*) FROM new) < %(limit)s ORDER BY id DESC OFFSET %(latest)s - 1 LIMIT 1),
author AS MATERIALIZED (
    SELECT * FROM (
        SELECT heard.* FROM ceiling CROSS JOIN heard CROSS JOIN LATERAL (
            SELECT id FROM community_post
             WHERE community_post.author_id = heard.author_id
               AND id < ceiling.id AND id >= (SELECT id FROM bound) AND {READS}
             ORDER BY id DESC LIMIT 1) AS newest
         ORDER BY newest.id DESC OFFSET 0) AS author
     WHERE {IS_OPEN} LIMIT %(limit)s),
old AS MATERIALIZED (
    SELECT posted.id, author.* FROM ceiling CROSS JOIN author CROSS JOIN LATERAL (
        SELECT id FROM community_post
         WHERE community_post.author_id = author.author_id
           AND id < ceiling.id AND id >= (SELECT id FROM bound) AND {READS}
         ORDER BY id DESC LIMIT %(limit)s) AS posted
     ORDER BY posted.id DESC LIMIT %(limit)s),
near AS MATERIALIZED (
    SELECT *, NULL::bigint AS game_id, NULL::text AS tag
      FROM (SELECT * FROM new UNION ALL SELECT * FROM old) AS found ORDER BY id DESC LIMIT %(limit)s)"""
IS_HIDDEN = f"""EXISTS (
    SELECT FROM community_restriction
     WHERE post_id = found.id AND post_id IS NOT NULL AND {IN_FORCE})"""
CANDIDATES = f"""
WITH {WHO},
{FAR},
{NEAR},
chosen AS MATERIALIZED (
    SELECT * FROM (SELECT * FROM near UNION ALL SELECT * FROM stranger) AS found
     ORDER BY id DESC LIMIT %(limit)s)
SELECT id, author_id, is_followed, is_teammate, game_id, tag,
       coalesce((SELECT acts FROM affinity WHERE affinity.author_id = found.author_id), 0),
       created_at, like_count + 2 * comment_count, (SELECT floor FROM bottom),
       (SELECT name FROM games_game WHERE games_game.id = game_id), {IS_HIDDEN}
  FROM chosen AS found
  JOIN (SELECT id, created_at FROM community_post) AS post USING (id)
  JOIN community_postcounts ON post_id = id
 ORDER BY id DESC
"""
# What the first page would have of those he hears: the stream looks at no more.
NEWEST = f"""
WITH {WHO}, bound AS (SELECT 0 AS id), {NEAR}
SELECT id FROM near AS found WHERE NOT {IS_HIDDEN} ORDER BY id DESC
"""
WHOM = f"WITH {WHO} SELECT author_id FROM heard"


@dataclass(frozen=True, slots=True)
class Place:
    """A window [low, high) that is being read, what was shown of it, and how far back strangers reach."""

    high: int = ID_MAX
    low: int = 0
    floor: int | None = None
    shown: tuple[int, ...] = ()

    @property
    def limit(self) -> int:
        """Return how many posts are read: one more than a window has, to know whether there are more.

        Inside of known ends there is room for what is his to read only since then.
        """
        return 2 * WINDOW if self.low else WINDOW + 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post of a window, and all that speaks for it. What moderators have hidden is there, but not shown."""

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
    is_hidden: bool


def candidates(viewer_id: int, place: Place) -> list[Candidate]:
    """Return the newest posts of a window, the newest first, as many as its limit. One query."""
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, parameters(viewer_id, place))
        return [Candidate(*row) for row in cursor.fetchall()]


def parameters(viewer_id: int, place: Place) -> dict[str, Any]:
    """Return what the statement asks for."""
    ends = {"high": place.high, "low": place.low, "floor": place.floor}
    return {"viewer": viewer_id, "limit": place.limit, "reach": REACH, "latest": LATEST, **ends}


def heard_ids(viewer_id: int) -> set[int]:
    """Return whom a player hears: himself, whom he follows, his teammates; nobody muted. One query."""
    with connection.cursor() as cursor:
        cursor.execute(WHOM, {"viewer": viewer_id})
        return {author_id for (author_id,) in cursor.fetchall()}


def newest(viewer_id: int) -> list[int]:
    """Return the newest posts of those whom a player hears, as many as a page has. One query."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, parameters(viewer_id, Place()) | {"limit": PER_PAGE})
        return [post_id for (post_id,) in cursor.fetchall()]
