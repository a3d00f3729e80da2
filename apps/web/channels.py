"""What pages watch: they draw themselves anew when it changes."""

from dataclasses import dataclass

from apps.live.channels import State, channel
from apps.tournaments import selectors as tournaments


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


@channel("tournament")
def tournament(viewer_id: int | None, subject: str) -> TournamentPulse:
    """Watch a tournament, by its id."""
    return TournamentPulse(int(subject))
