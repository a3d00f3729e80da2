"""Who is in which team: a copy for privacy, kept inside the transaction that changes a roster."""

from django.db import connection

# A player may have an old seat of a team he is in again, so seats are counted.
TAKE = """
INSERT INTO user_profile_teamseat AS seat (user_id, team_id, seats) VALUES (%s, %s, 1)
ON CONFLICT (user_id, team_id) DO UPDATE SET seats = seat.seats + 1
"""
LEAVE = """
WITH last AS (DELETE FROM user_profile_teamseat WHERE user_id = %(user)s AND team_id = %(team)s AND seats = 1)
UPDATE user_profile_teamseat SET seats = seats - 1
 WHERE user_id = %(user)s AND team_id = %(team)s AND seats > 1
"""


def take(user_id: int, team_id: int) -> None:
    """Count one seat more."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [user_id, team_id])


def leave(user_id: int, team_id: int) -> None:
    """Count one seat less."""
    with connection.cursor() as cursor:
        cursor.execute(LEAVE, {"user": user_id, "team": team_id})
