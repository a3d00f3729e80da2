"""Of whom a player hears, and who plays what he plays: parts of statements of apps that rank what others do.

Each is a SELECT for a WITH, of the player `%(viewer)s`. They choose; what is shown of whom, `privacy`
decides.
"""

# Himself, whom he follows and his teammates, and whether what is for everybody is for him: a private account
# shows it to followers. (author_id, is_followed, is_teammate, is_public)
HEARD = """
SELECT author_id, bool_or(is_followed) AS is_followed, bool_or(is_teammate) AS is_teammate,
       bool_or(is_public) AS is_public
  FROM (SELECT %(viewer)s::bigint AS author_id, true AS is_followed, true AS is_teammate, true AS is_public
         UNION ALL
        SELECT followed_id, true, false, true FROM user_profile_follow WHERE follower_id = %(viewer)s
         UNION ALL
        SELECT theirs.user_id, false, true, NOT settings.is_private_account
          FROM user_profile_teamseat AS own JOIN user_profile_teamseat AS theirs USING (team_id)
          JOIN user_profile_userprofile AS profile ON profile.user_id = theirs.user_id
          JOIN user_profile_privacysettings AS settings ON settings.user_profile_id = profile.id
         WHERE own.user_id = %(viewer)s) AS known
 GROUP BY author_id
"""
# Whether the account of `author_id` of the statement around is not closed: an expression, so that it is asked
# of each row that is left, and of no other.
IS_OPEN = "(SELECT is_active FROM user_profile_user WHERE id = author_id)"
# Whom he mutes, and both sides of a block. (author_id)
UNWANTED = """
SELECT muted_id AS author_id FROM user_profile_mute WHERE user_id = %(viewer)s
 UNION SELECT blocked_id FROM user_profile_block WHERE user_id = %(viewer)s
 UNION SELECT user_id FROM user_profile_block WHERE blocked_id = %(viewer)s
"""
# The games of his passports. (game_id)
GAMES = "SELECT game_id FROM user_profile_gameprofile WHERE user_id = %(viewer)s"
# Of a stranger `author_id` of the statement around: one of his games that he shows everybody that he plays,
# null when there is none; no row when nobody may read him. (game_id)
STRANGER = """
SELECT (SELECT theirs.game_id FROM user_profile_gameprofile AS theirs
         WHERE settings.show_game_ids AND theirs.user_id = profile.user_id AND theirs.visibility <> 'private'
           AND theirs.game_id IN (SELECT game_id FROM games)
         ORDER BY theirs.game_id LIMIT 1) AS game_id
  FROM user_profile_userprofile AS profile
  JOIN user_profile_user AS account ON account.id = profile.user_id
  JOIN user_profile_privacysettings AS settings ON settings.user_profile_id = profile.id
 WHERE profile.user_id = author_id AND account.is_active AND NOT settings.is_private_account LIMIT 1
"""
