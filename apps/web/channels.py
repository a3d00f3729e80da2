"""What pages watch: they draw themselves anew when it changes."""

from dataclasses import dataclass

from apps.community.selectors import candidates as feeds
from apps.live.channels import State, channel
from apps.tournaments import selectors as tournaments
from apps.web.selectors import feed as feed_page


@dataclass(frozen=True)
class TournamentPulse:
    """A tournament: a word that changes whenever its page would. What is new, the page reads itself."""

    tournament_id: int

    @property
    def hears(self) -> frozenset[str]:
        """Its matches and places, one event for each of their players."""
        return frozenset({f"tournament:{self.tournament_id}"})

    def facts(self) -> str | None:
        """Return the word."""
        return tournaments.pulse(self.tournament_id)

    def show(self, facts: str) -> State:
        """Say it."""
        return {"pulse": facts}


@dataclass(frozen=True)
class FeedPulse:
    """A player's feed: a word that changes whenever its first page would; nobody else gets it."""

    viewer_id: int | None
    user_id: int

    @property
    def hears(self) -> frozenset[str]:
        """Himself and everybody whom he hears now."""
        if self.viewer_id != self.user_id:
            return frozenset()
        return frozenset(f"user:{user_id}" for user_id in feeds.heard_ids(self.user_id))

    def facts(self) -> str | None:
        """Return the word."""
        if self.viewer_id != self.user_id:
            return None
        lines = feed_page.wins(self.user_id, feeds.heard_ids(self.user_id))
        return feed_page.pulse(self.user_id, lines)

    def show(self, facts: str) -> State:
        """Say it."""
        return {"pulse": facts}


@channel("feed")
def feed(viewer_id: int | None, subject: str) -> FeedPulse:
    """Watch a player's feed, by his id."""
    return FeedPulse(viewer_id, int(subject))


@channel("tournament")
def tournament(viewer_id: int | None, subject: str) -> TournamentPulse:
    """Watch a tournament, by its id."""
    return TournamentPulse(int(subject))
