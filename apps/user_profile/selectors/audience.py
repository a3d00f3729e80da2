"""Of whom a player hears, and who plays what he plays: parts of statements of apps that rank what others do.

Each is a SELECT for a WITH, of the player `%(viewer)s`. They choose; what is shown of whom, `privacy`
decides.
"""

# Himself, whom he follows and his teammates. (author_id, is_followed, is_teammate)
HEARD = """
SELECT author_id, bool_or(is_followed) AS is_followed, bool_or(is_teammate) AS is_teammate
  FROM (SELECT %(viewer)s::bigint AS author_id, true AS is_followed, true AS is_teammate
         UNION ALL
        SELECT followed_id, true, false FROM user_profile_follow WHERE follower_id = %(viewer)s
         UNION ALL
        SELECT theirs.user_id, false, true
          FROM user_profile_teamseat AS own JOIN user_profile_teamseat AS theirs USING (team_id)
         WHERE own.user_id = %(viewer)s) AS known
 GROUP BY author_id
"""
# Whom he mutes, and both sides of a block. (author_id)
UNWANTED = """
SELECT muted_id AS author_id FROM user_profile_mute WHERE user_id = %(viewer)s
 UNION SELECT blocked_id FROM user_profile_block WHERE user_id = %(viewer)s
 UNION SELECT user_id FROM user_profile_block WHERE blocked_id = %(viewer)s
"""
# The games of his passports. (game_id)
GAMES = "SELECT game_id FROM user_profile_gameprofile WHERE user_id = %(viewer)s"
# Of strangers `author_id` of the statement around: whether anybody may read them, and one of his games that
# they show that they play, null when there is none. (is_open, game_id)
STRANGER = """
SELECT NOT settings.is_private_account AS is_open,
       (SELECT theirs.game_id FROM user_profile_gameprofile AS theirs
         WHERE settings.show_game_ids AND theirs.user_id = profile.user_id AND theirs.visibility <> 'private'
           AND theirs.game_id IN (SELECT game_id FROM games)
         ORDER BY theirs.game_id LIMIT 1) AS game_id
  FROM user_profile_userprofile AS profile
  JOIN user_profile_privacysettings AS settings ON settings.user_profile_id = profile.id
 WHERE profile.user_id = author_id
"""
