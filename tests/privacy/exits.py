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
    # The same for what tells of several parts: it is there only while all of them are shown.
    tells_all: Mapping[frozenset[Part], str] = field(default_factory=dict)
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
    def told(self) -> frozenset[Part]:
        """The parts that change what it shows."""
        needed = () if self.needs is None else (self.needs,)
        return frozenset(self.tells).union(needed, *self.tells_all)

    @property
    def is_api(self) -> bool:
        """Whether programs ask, with a token."""
        return self.path.startswith("/api/")


LEAKS = {
    Part.CARD: r"/@Tracy/|picture-of-tracy|\"username\": ?\"Tracy\"",
    Part.PROFILE: r"bio-of-tracy",
    Part.GAME_IDS: r"ign-of-tracy",
    Part.STATS: r"4,321|4321",
    # Achievements that nobody else in the scene has.
    Part.FOLLOWERS_COUNT: r"Influencer|INFLUENCER",
    Part.LEVEL_XP: r"LEVEL_25|Level 25",
    Part.INVENTORY_VALUE: r"Whale|WHALE",
}


def achieved(pattern: str, *beside: Part) -> dict[frozenset[Part], str]:
    """Return what tells of achievements of every kind, given how the exit writes one."""
    kinds = {
        Part.TEAMS: "TEAM_PLAYER|Team Player",
        Part.TOURNAMENTS: "TOURNAMENT_ROOKIE|Rookie",
        Part.STATS: "FIRST_MATCH_WIN|First Victory",
        Part.FOLLOWERS_COUNT: LEAKS[Part.FOLLOWERS_COUNT],
        Part.LEVEL_XP: LEAKS[Part.LEVEL_XP],
        Part.INVENTORY_VALUE: LEAKS[Part.INVENTORY_VALUE],
    }
    return {
        frozenset({Part.ACHIEVEMENTS, part, *beside}): pattern.format(name=f"(?:{names})")
        for part, names in kinds.items()
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
        tells_all=achieved("{name}"),
    ),
    Exit(
        "/@Tracy/activity/",
        ("web:activity",),
        needs=Part.ACTIVITY_FEED,
        tells={Part.ACTIVITY_FEED: r"<h1"},
        tells_all=achieved(r"Unlocked\s*(?:<[^>]*>)?{name}", Part.ACTIVITY_FEED),
    ),
    Exit(
        "/@Tracy/head-to-head/?against=Rival",
        ("web:head-to-head",),
        needs=Part.MATCH_HISTORY,
        tells={Part.MATCH_HISTORY: r"Rivals of Tracy"},
    ),
    Exit(
        "/@Rival/head-to-head/?against=Tracy",
        ("web:head-to-head",),
        tells={Part.MATCH_HISTORY: r"Crew of Tracy"},
    ),
    Exit("/teams/crew-of-tracy/head-to-head/?against=rivals-of-tracy", ("web:team-head-to-head",)),
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
        tells_all=achieved('"{name}"'),
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
        tells={Part.ACHIEVEMENTS: r"\["},
        tells_all=achieved('"{name}"'),
    ),
    Exit(
        "/api/v1/profiles/@Tracy/activity/",
        ("api:activity",),
        needs=Part.ACTIVITY_FEED,
        tells={Part.ACTIVITY_FEED: r'"items"'},
        tells_all=achieved('"{name}"', Part.ACTIVITY_FEED),
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
        "/api/v1/profiles/@Tracy/head-to-head/@Rival/",
        ("api:players_head_to_head",),
        needs=Part.MATCH_HISTORY,
        tells={Part.MATCH_HISTORY: r'"played": ?1\b'},
    ),
    Exit(
        "/api/v1/profiles/@Rival/matches/?against=Tracy",
        ("api:matches_of_player",),
        needs=Part.MATCH_HISTORY,
        tells={Part.MATCH_HISTORY: r"Crew of Tracy"},
    ),
    Exit("/api/v1/teams/crew-of-tracy/matches/", ("api:matches_of_team",)),
    Exit(
        "/api/v1/teams/crew-of-tracy/head-to-head/rivals-of-tracy/",
        ("api:teams_head_to_head",),
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
