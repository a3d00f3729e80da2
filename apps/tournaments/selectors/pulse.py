"""A tournament in one word that changes whenever its page would."""

from django.db import connection

PULSE = """
SELECT md5(concat_ws('|', t.status, t.name,
       (SELECT string_agg(concat_ws(',', m.id, m.status, m.outcome, m.entry_a_id, m.entry_b_id,
                                    m.score_a, m.score_b, m.winner_id), ';' ORDER BY m.id)
          FROM tournaments_match m WHERE m.tournament_id = t.id),
       (SELECT string_agg(concat_ws(',', e.id, e.status, e."left", e.placement_from), ';' ORDER BY e.id)
          FROM tournaments_tournamententry e WHERE e.tournament_id = t.id)))
  FROM tournaments_tournament t WHERE t.id = %s
"""


def pulse(tournament_id: int) -> str | None:
    """Return the word; None when there is no such tournament. One query."""
    with connection.cursor() as cursor:
        cursor.execute(PULSE, [tournament_id])
        found = cursor.fetchone()
    return found[0] if found else None
