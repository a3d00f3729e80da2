"""Every exit: everything by which a player is shown to somebody. A new one is registered the day it is born.

`tells` maps a part to a pattern that is in the answer if, and only if, the viewer may see the part. Wherever
a part is hidden, no exit may let out what LEAKS lists for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from apps.user_profile.selectors.privacy import Part, Standing

from .scene import OVERLAY_SECRET, POST_ID


@dataclass(frozen=True)
class Exit:
    """One address about a player, which answers for the routes it names.

    `needs` is the part without which there is nothing at all, a 404. `always` stands in every answer: a name
    in a record.
    """

    path: str
    routes: tuple[str, ...]
    tells: Mapping[Part, str] = field(default_factory=dict)
    needs: Part | None = None
    always: str = ""
    # Whom the exit answers, and as whom it answers everybody, where that is not simply each viewer.
    only: frozenset[Standing] = frozenset(Standing)
    seen_as: Standing | None = None
    # Whether it shows a viewer no more than anybody sees, whatever he may see elsewhere.
    is_public: bool = False

    def parts(self, standing: Standing, shown: Callable[[Standing], set[Part]]) -> set[Part]:
        """Return the parts that the exit shows a viewer, given what the table gives to a standing."""
        if self.seen_as is not None:
            return shown(self.seen_as)
        return shown(standing) & shown(Standing.ANONYMOUS) if self.is_public else shown(standing)

    @property
    def is_api(self) -> bool:
        """Whether programs ask, with a token."""
        return self.path.startswith("/api/")


LEAKS = {
    Part.CARD: r"/@Tracy/|picture-of-tracy|\"username\": ?\"Tracy\"",
    Part.PROFILE: r"bio-of-tracy",
    Part.GAME_IDS: r"ign-of-tracy",
    Part.STATS: r"4,321|4321",
}
# Staff reads posts as everybody does.
NOT_STAFF = frozenset(Standing) - {Standing.STAFF}
ROSTER_NAME = "Tracy Tracer"

EXITS = [
    Exit(
        "/@Tracy/",
        ("web:player",),
        needs=Part.CARD,
        tells={
            Part.CARD: r"<h1>Tracy Tracer</h1>",
            Part.PROFILE: r"bio-of-tracy",
            Part.COUNTRY: r"\bHU</span>|Hungary",
            Part.GAME_IDS: r"ign-of-tracy",
            Part.STATS: r"4,321",
            Part.MATCH_HISTORY: r"Rivals of Tracy",
            Part.TEAMS: r"Crew of Tracy",
            Part.TOURNAMENTS: r"<dt>Tournaments</dt>",
            Part.ACTIVITY_FEED: r'id="activity"',
            Part.FOLLOWERS_COUNT: r"1 follower\b",
            Part.FOLLOWING_COUNT: r"follows \d",
        },
    ),
    Exit(
        "/@Tracy/achievements/",
        ("web:achievements",),
        needs=Part.ACHIEVEMENTS,
        tells={Part.ACHIEVEMENTS: r"<h1"},
    ),
    Exit(
        "/@Tracy/activity/",
        ("web:activity",),
        needs=Part.ACTIVITY_FEED,
        tells={Part.ACTIVITY_FEED: r"<h1"},
    ),
    Exit(
        "/@Tracy/followers/",
        ("web:followers",),
        needs=Part.FOLLOWERS_LIST,
        tells={Part.FOLLOWERS_LIST: r"/@Fan/"},
    ),
    Exit(
        "/@Tracy/following/",
        ("web:following",),
        needs=Part.FOLLOWING_LIST,
        tells={Part.FOLLOWING_LIST: r"/@Idol/"},
    ),
    Exit("/@Idol/followers/", ("web:followers",), tells={Part.CARD: r"/@Tracy/"}),
    Exit("/", ("web:home",), tells={Part.STATS: r"/@Tracy/"}),
    Exit(
        "/leaderboards/",
        ("web:leaderboards",),
        tells={Part.LEVEL_XP: r"/@Tracy/"},
        # The owner's own name is at the head of every page.
        only=frozenset(Standing) - {Standing.OWNER},
        is_public=True,
    ),
    Exit("/search/?q=tracy", ("web:search",), tells={Part.CARD: r"/@Tracy/"}),
    Exit(
        "/notifications/",
        ("web:notifications",),
        tells={Part.CARD: r"/@Tracy/"},
        only=frozenset({Standing.STAFF, Standing.FOLLOWER, Standing.TEAMMATE, Standing.SIGNED_IN}),
    ),
    Exit(
        "/api/v1/me/notifications/",
        ("api:my_notifications",),
        tells={Part.CARD: r'"actor": ?"Tracy"'},
        only=frozenset({Standing.STAFF, Standing.FOLLOWER, Standing.TEAMMATE, Standing.SIGNED_IN}),
    ),
    Exit(
        "/feed/",
        ("web:feed",),
        tells={Part.PROFILE: r"post-of-tracy"},
        only=frozenset({Standing.FOLLOWER}),
    ),
    Exit("/posts/", ("web:posts",), tells={Part.PROFILE: r"post-of-tracy"}, only=NOT_STAFF),
    Exit("/posts/?tag=tracys", ("web:posts",), tells={Part.PROFILE: r"post-of-tracy"}, only=NOT_STAFF),
    Exit(
        "/@Tracy/posts/",
        ("web:player-posts",),
        needs=Part.CARD,
        tells={Part.PROFILE: r"post-of-tracy"},
        only=NOT_STAFF,
    ),
    Exit(
        f"/posts/{POST_ID}/",
        ("web:post",),
        needs=Part.PROFILE,
        tells={Part.PROFILE: r"post-of-tracy"},
        only=NOT_STAFF,
    ),
    Exit(
        "/sitemap-players-0.xml",
        ("web:sitemap", "web:sitemap-part"),
        tells={Part.PROFILE: r"/@Tracy/"},
        seen_as=Standing.ANONYMOUS,
    ),
    Exit(
        f"/overlay/{OVERLAY_SECRET}/",
        ("web:overlay",),
        tells={
            Part.CARD: r'"username": "Tracy".*picture-of-tracy',
            Part.STATS: r'"matches_won": \d',
            Part.TOURNAMENTS: r'"tournaments_played": \d',
            Part.LEVEL_XP: r'"level": \d',
        },
        seen_as=Standing.ANONYMOUS,
    ),
    Exit(
        f"/overlay/{OVERLAY_SECRET}/?layout=ticker",
        ("web:overlay",),
        tells={Part.ACHIEVEMENTS: r'"TEAM_PLAYER"'},
        seen_as=Standing.ANONYMOUS,
    ),
    Exit("/teams/", ("web:teams",)),
    Exit(
        "/teams/crew-of-tracy/",
        ("web:team",),
        tells={Part.CARD: r"/@Tracy/.*picture-of-tracy"},
        always=ROSTER_NAME,
    ),
    Exit("/tournaments/", ("web:tournaments",)),
    Exit("/tournaments/cup-of-tracy/", ("web:tournament",)),
    Exit("/tournaments/lone-cup/", ("web:tournament",), tells={Part.CARD: r"/@Tracy/"}, always=ROSTER_NAME),
    Exit("/tournaments/lone-cup/registration/", ("web:registration",)),
    Exit("/tournaments/lone-cup/matches/", ("web:matches",)),
    Exit("/tournaments/lone-cup/standings/", ("web:standings",)),
    Exit("/tournaments/lone-cup/export.json", ("web:export-json",)),
    Exit("/tournaments/lone-cup/matches.csv", ("web:export-matches",)),
    Exit("/tournaments/lone-cup/standings.csv", ("web:export-standings",)),
    Exit("/embed/tournaments/lone-cup/", ("web:embed-tournament",)),
    Exit(
        "/api/v1/profiles/@Tracy/",
        ("api:profile", "api-unversioned:profile"),
        needs=Part.CARD,
        tells={
            Part.CARD: r'"username": ?"Tracy"',
            Part.PROFILE: r"bio-of-tracy",
            Part.COUNTRY: r'"HU"',
            Part.GAME_IDS: r"ign-of-tracy",
            Part.STATS: r'"matches_won": ?\d',
            Part.TOURNAMENTS: r'"tournaments_played": ?\d',
            Part.FOLLOWERS_COUNT: r'"follower_count": ?\d',
        },
    ),
    Exit(
        "/api/v1/profiles/@Tracy/achievements/",
        ("api:achievements",),
        needs=Part.ACHIEVEMENTS,
        tells={Part.ACHIEVEMENTS: r'"TEAM_PLAYER"'},
    ),
    Exit(
        "/api/v1/profiles/@Tracy/activity/",
        ("api:activity",),
        needs=Part.ACTIVITY_FEED,
        tells={Part.ACTIVITY_FEED: r'"items"'},
    ),
    Exit(
        "/api/v1/profiles/@Tracy/followers/",
        ("api:followers",),
        needs=Part.FOLLOWERS_LIST,
        tells={Part.FOLLOWERS_LIST: r'"Fan"'},
    ),
    Exit(
        "/api/v1/profiles/@Tracy/following/",
        ("api:following",),
        needs=Part.FOLLOWING_LIST,
        tells={Part.FOLLOWING_LIST: r'"Idol"'},
    ),
    Exit(
        "/api/v1/profiles/@Tracy/teams/",
        ("api:teams_of_player",),
        needs=Part.TEAMS,
        tells={Part.TEAMS: r"Crew of Tracy"},
    ),
    Exit(
        "/api/v1/profiles/@Tracy/matches/",
        ("api:matches_of_player",),
        needs=Part.MATCH_HISTORY,
        tells={Part.MATCH_HISTORY: r"Rivals of Tracy"},
    ),
    Exit(
        "/api/v1/teams/crew-of-tracy/",
        ("api:teams", "api:team"),
        tells={Part.CARD: r'"username": ?"Tracy"'},
        always=ROSTER_NAME,
    ),
    Exit(
        "/api/v1/tournaments/lone-cup/",
        ("api:tournaments", "api:tournament", "api:matches"),
        tells={Part.CARD: r'"username": ?"Tracy"'},
        always=ROSTER_NAME,
    ),
    Exit(
        "/api/v1/profiles/@Tracy/posts/",
        ("api:posts_of_player",),
        needs=Part.CARD,
        tells={Part.PROFILE: r"post-of-tracy"},
        only=NOT_STAFF,
    ),
    Exit(
        f"/api/v1/posts/{POST_ID}/",
        ("api:post", "api:edit"),
        needs=Part.PROFILE,
        tells={Part.PROFILE: r"post-of-tracy"},
        only=NOT_STAFF,
    ),
    Exit(
        f"/api/v1/posts/{POST_ID}/comments/",
        ("api:comments", "api:comment"),
        needs=Part.PROFILE,
        only=NOT_STAFF,
    ),
    Exit(
        "/api/v1/posts/?tag=tracys",
        ("api:all_posts", "api:create"),
        tells={Part.PROFILE: r"post-of-tracy"},
        only=NOT_STAFF,
    ),
    Exit(
        "/api/v1/feed/",
        ("api:feed",),
        tells={Part.PROFILE: r"post-of-tracy"},
        only=frozenset({Standing.FOLLOWER}),
    ),
    Exit(
        "/api/v1/leaderboards/",
        ("api:leaderboard",),
        tells={Part.LEVEL_XP: r'"username": ?"Tracy"'},
        is_public=True,
    ),
    Exit("/api/v1/tournaments/lone-cup/schedule/", ("api:schedule", "api:match")),
    Exit("/api/v1/profiles/@Idol/followers/", ("api:followers",), tells={Part.CARD: r'"Tracy"'}),
]

OWN = "shows the signed-in player to himself"
NOBODY = "shows no player"
OPERATED = "for operators: numbers of players, and what they did only where the look is written down"
ORGANISING = "an act of an organiser on his own tournament, answered with its public record"
MODERATORS = "what was reported, as it was then, for those who decide about it"
TEAMWORK = "an act in one's own team, on a player whom one names, answered with his username"
PLAYING = "an act of a side on its own match, answered with what the sides said, without names"
NOT_EXITS = {
    "web:relation": "answers with a redirect",
    "web:follow-requests": "the requests of the signed-in player: a block has ended those he may not see",
    "web:blocked": "the signed-in player's own list of whom he wants nothing of",
    "web:privacy": OWN,
    "web:privacy-preset": OWN,
    "web:privacy-preview": "the signed-in player's own page, decided as for somebody else",
    "web:edit-profile": OWN,
    "web:username": OWN,
    "web:invitations": "what teams ask of the signed-in player, and he of them",
    "web:team-act": "answers with a redirect",
    "web:team-manage": "who runs a team sees who is in it, by the names of the public roster",
    "web:team-new": NOBODY,
    "web:passports": OWN,
    "web:passport": OWN,
    "web:passport-delete": OWN,
    "web:passport-place": OWN,
    "web:live-stream": "hands out the address of a stream, which decides what it shows",
    "web:data": OWN,
    "web:export": "all that is kept of the signed-in player, for himself",
    "web:delete-account": OWN,
    "web:bell": OWN,
    "web:notification-settings": OWN,
    "web:unsubscribe": "changes what the bearer of a link is sent, and shows no player",
    "web:notifications-read": "answers with a redirect",
    "web:notification-read": "answers with a redirect",
    "web:post-like": "answers with a redirect",
    "web:comment": "answers with a redirect, or as web:post does",
    "web:comment-delete": "answers with a redirect",
    "web:post-edit": OWN,
    "web:post-history": OWN,
    "web:report": "takes a report of what one sees, and shows nothing of it",
    "web:moderation": MODERATORS,
    "web:case": MODERATORS,
    "web:restriction-end": "answers with a redirect",
    "web:post-delete": "answers with a redirect",
    "web:robots": NOBODY,
    "web:shop": NOBODY,
    "web:match": "a record of one match: the names in it stay, and lead nowhere that is hidden",
    "web:purchase": "answers with a redirect",
    "web:item-showing": "answers with a redirect",
    "web:developers": NOBODY,
    "apps.web.views.faults.not_found": NOBODY,
    "web:correction": "the matches of one's own tournament, by the names of the public record",
    "web:desk": "the organiser's own tournament, by the names of the public record",
    "web:desk-act": "answers with a redirect",
    "web:match-room": "the sides of a match and who runs it, by the names of the public record",
    "web:match-room-act": "answers with a redirect",
    "web:registration-check-in": "answers with a redirect",
    "web:registration-enter": "answers with a redirect",
    "web:registration-withdraw": "answers with a redirect",
    "web:tokens": OWN,
    "web:token-revoke": OWN,
    "web:wallet": OWN,
    "api:wallet": OWN,
    "api:events": "what names the owner of the token, decided as his webhooks are",
    "api:transactions": "the signed-in player's own books, with whom he sent coins to and got some from",
    "api:send_coins": OWN,
    "api:items": NOBODY,
    "api:buy": OWN,
    "api:inventory": OWN,
    "web:statement": OWN,
    "web:webhooks": OWN,
    "web:webhook": OWN,
    "web:delivery": "what was sent to the signed-in user, as it was decided when it left",
    "web:webhook-secret": OWN,
    "web:webhook-state": "answers with a redirect",
    "web:webhook-deletion": "answers with a redirect",
    "web:webhook-test": "answers with a redirect",
    "web:webhook-resending": "answers with a redirect",
    "web:developers-webhooks": NOBODY,
    "web:overlays": "the signed-in player's own overlays, with the names of whom they are about",
    "web:overlay-settings": OWN,
    "web:overlay-preview": "what web:overlay shows",
    "web:overlay-revocation": "answers with a redirect",
    "web:overlay-test": "answers with a redirect",
    "web:overlay-file": NOBODY,
    "web:design": NOBODY,
    "web:design-bracket": NOBODY,
    "web:avatar": "a generated picture: its address, which does not tell whose it is, is all that it shows",
    "web:crest": NOBODY,
    "api:invitations_of": TEAMWORK,
    "api:my_invitations": OWN,
    "api:requests_to": TEAMWORK,
    "api:decline": OWN,
    "api:accept": TEAMWORK,
    "api:ask": TEAMWORK,
    "api:cancel": TEAMWORK,
    "api:change_role": TEAMWORK,
    "api:edit_team": TEAMWORK,
    "api:found_team": TEAMWORK,
    "api:free_seat": TEAMWORK,
    "api:hand_over": TEAMWORK,
    "api:invite": TEAMWORK,
    "api:let_in": TEAMWORK,
    "api:turn_down": TEAMWORK,
    "api:take_back": TEAMWORK,
    "api:actions": "what who runs a tournament did, for those who run it",
    "api:add_phase": ORGANISING,
    "api:check_in_entry": ORGANISING,
    "api:decide": ORGANISING,
    "api:dispute": PLAYING,
    "api:escalate": PLAYING,
    "api:evidence": PLAYING,
    "api:report": PLAYING,
    "api:room": PLAYING,
    "api:surrender": PLAYING,
    "api:approve": ORGANISING,
    "api:check": "whether one's own team may enter, with the names of its public roster",
    "api:configure": ORGANISING,
    "api:disqualify": ORGANISING,
    "api:readmit": ORGANISING,
    "api:registrations": "the registrations of one's own tournament, by the names of the public record",
    "api:reject": ORGANISING,
    "api:complete": ORGANISING,
    "api:correct": ORGANISING,
    "api:create": ORGANISING,
    "api:enter": ORGANISING,
    "api:forfeit": ORGANISING,
    "api:preview": ORGANISING,
    "api:result": ORGANISING,
    "api:seed": ORGANISING,
    "api:start": ORGANISING,
    "api:start_phase": ORGANISING,
    "api:undo": ORGANISING,
    "api:withdraw": ORGANISING,
    "api:unread": OWN,
    "api:read": "an act that shows nothing",
    "api:read_all": "an act that shows nothing",
    "api:my_preferences": OWN,
    "api:set_preference": OWN,
    "api:create_report": "an act on what one sees",
    "api:my_reports": OWN,
    "api:games": NOBODY,
    "api:game": NOBODY,
    "api:me": OWN,
    "api:change_me": OWN,
    "api:my_passports": OWN,
    "api:add_passport": OWN,
    "api:change_passport": OWN,
    "api:delete_passport": OWN,
    "api:follow": "an act on a player: whom he may see is checked by the service",
    "api:delete": "an act on one's own post",
    "api:like": "an act on a post that one may read",
    "api:unlike": "an act that shows nothing",
    "api:delete_comment": "an act that shows nothing",
    "api:unfollow": "an act on a player, which shows nothing of him",
    "api:api-root": NOBODY,
    "api-unversioned:api-root": NOBODY,
    "openapi": NOBODY,
    "metrics": NOBODY,
    "monitoring:dashboard": NOBODY,
    "monitoring:audit": OPERATED,
    "monitoring:analytics": "how many players are active, by day; names none",
    "monitoring:analytics-events": "how often what happened; names nobody",
    "monitoring:analytics-players": "how many players are active, by day; names none",
    "monitoring:events": OPERATED,
    "monitoring:event": OPERATED,
    "monitoring:event-personal": OPERATED,
    "monitoring:request": OPERATED,
    "monitoring:dead-letters": OPERATED,
    "monitoring:dead-letter": OPERATED,
    "monitoring:decide": "answers with a redirect",
    "monitoring:operations": OPERATED,
    "monitoring:operation": OPERATED,
    "monitoring:operation-act": "answers with a redirect",
    "monitoring:subscribers": OPERATED,
    "monitoring:subscriber": OPERATED,
    "monitoring:subscriber-state": "answers with a redirect",
    "monitoring:replay": OPERATED,
    "monitoring:rebuild": "answers with a redirect",
    "monitoring:alerts": NOBODY,
    "monitoring:runbooks": NOBODY,
    "monitoring:sensitivity": NOBODY,
    "monitoring:sensitivity-reset": NOBODY,
    "health.live": NOBODY,
    "health.ready": NOBODY,
    "media.served": "an uploaded picture, under a name that nobody can guess",
}

# Rows of players on the administration's pages that show no part which can be hidden, by model.
UNWATCHED = {
    "user_profile.PrivacySettings": "says what is hidden, not what is in it",
    "user_profile.FollowRequest": "between two players; no part of either",
    "user_profile.Block": "between two players; no part of either",
    "user_profile.PassportCooldown": "from when on a passport may be added again; no part of the player",
    "user_profile.PublicIdKey": "one row, of which the administration shows nothing",
    "user_profile.StaffLook": "is the record itself",
    "user_profile.AccountDeletion": "when an account goes; no part of the player",
    "mfa.Authenticator": "how an account signs in: nothing that a profile shows",
    "socialaccount.SocialAccount": "how an account signs in: nothing that a profile shows",
    "notifications.Mail": "when an e-mail left or why not, without its text or its address",
    "teams.Invitation": "who wanted whom in a team; no part of either",
    "teams.JoinRequest": "who asked whom; no part of either",
    "teams.TeamAction": "what was done in a team; no part of a player",
    "teams.Team": "a team and who founded it: a public record",
    "tournaments.Dispute": "what the sides of a match said; no part of a player",
    "tournaments.TournamentAction": "what was done in a tournament; no part of a player",
    "tournaments.Tournament": "a tournament and who runs it: a public record",
    "teams.TeamMembership": "rosters are public records, and the names in them stay",
    "economy.Account": "money, for those who keep the books; each posting is kept for ever",
    "economy.Purchase": "money, for those who keep the books; each posting is kept for ever",
    "economy.Transaction": "money, for those who keep the books; each posting is kept for ever",
}
