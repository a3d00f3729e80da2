"""Players by what somebody remembers of their names, typing errors and all."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from apps.user_profile.selectors.players import PlayerCard, cards
from apps.user_profile.selectors.privacy import Part, Viewer, seen_by

QUERY_CHARS_MIN = 2
QUERY_CHARS_MAX = 80
CANDIDATES = 4
"""So many times as many players are looked at as are shown: some of them do not let this viewer see them."""
ALIKE_CHARS_MIN = 4
"""Shorter, a text is like too much to be like anything: names that begin so are found."""
POOL = 1000
"""So many names of each kind are compared at most: two letters are like the names of thousands."""
SIMILARITY_MIN = 0.25
WORD_SIMILARITY_MIN = 0.45
"""Of 0 to 1, by three letters in a row (pg_trgm); the second is that of one word in a longer name. With its
defaults of 0.3 and 0.6, one wrong letter of four and two swapped ones of seven are too much."""

THRESHOLDS = """
SELECT set_config('pg_trgm.similarity_threshold', %s, true),
       set_config('pg_trgm.word_similarity_threshold', %s, true)
"""

# Every condition on a name is one that the trigram index answers, each table's on its own: a condition over
# both would read both tables. The exact name comes first, then names that begin so, then the most similar.
FIND = """
WITH candidate AS (
    (SELECT id FROM user_profile_user WHERE lower(username) = lower(%(query)s))
     UNION
    (SELECT id FROM user_profile_user WHERE username ILIKE %(prefix)s LIMIT %(pool)s)
     UNION
    (SELECT user_id FROM user_profile_userprofile WHERE display_name ILIKE %(prefix)s LIMIT %(pool)s)
     UNION
    (SELECT id FROM user_profile_user WHERE %(alike)s AND username %% %(query)s LIMIT %(pool)s)
     UNION
    (SELECT user_id FROM user_profile_userprofile
      WHERE %(alike)s AND (display_name %% %(query)s OR %(query)s <%% display_name) LIMIT %(pool)s)
)
SELECT account.id
  FROM candidate
  JOIN user_profile_user AS account USING (id)
  JOIN user_profile_userprofile AS profile ON profile.user_id = account.id
 ORDER BY lower(%(query)s) IN (lower(account.username), lower(profile.display_name)) DESC,
          account.username ILIKE %(prefix)s OR profile.display_name ILIKE %(prefix)s DESC,
          greatest(
              similarity(account.username, %(query)s),
              similarity(profile.display_name, %(query)s),
              word_similarity(%(query)s, profile.display_name)
          ) DESC,
          account.id
 LIMIT %(limit)s
"""


def players_like(query: str, viewer: Viewer, limit: int) -> Sequence[PlayerCard]:
    """Return the players whose names are most like a text and whom a viewer may see, the best first."""
    wanted = cleaned(query)
    if len(wanted) < QUERY_CHARS_MIN:
        return []
    user_ids = find(wanted, CANDIDATES * limit)
    seen = seen_by(viewer, user_ids)
    shown = [user_id for user_id in user_ids if seen[user_id].shows(Part.CARD)][:limit]
    found = cards(shown)
    return [found[user_id] for user_id in shown if user_id in found]


def cleaned(query: str) -> str:
    """Return what is looked for: without blanks, @ and what no name holds, and not longer than names are."""
    return query[: 4 * QUERY_CHARS_MAX].replace("\0", "").strip().removeprefix("@")[:QUERY_CHARS_MAX]


@transaction.atomic
def find(query: str, limit: int) -> list[int]:
    """Return the ids of the players whose names are most like a text, the best first."""
    escaped = query.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    with connection.cursor() as cursor:
        # The index knows the thresholds by these settings alone; they end with the transaction.
        cursor.execute(THRESHOLDS, [str(SIMILARITY_MIN), str(WORD_SIMILARITY_MIN)])
        values: dict[str, Any] = {
            "query": query,
            "prefix": f"{escaped}%",
            "alike": len(query) >= ALIKE_CHARS_MIN,
        }
        cursor.execute(FIND, {**values, "limit": limit, "pool": POOL})
        return [user_id for (user_id,) in cursor.fetchall()]
