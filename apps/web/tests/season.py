"""A small season, played through the services that a request would use: what the pages' tests look at."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations

from apps.events import occurring_at
from apps.teams.services import roster
from apps.tournaments.formats.results import Stage
from apps.tournaments.services import matches, registration, tournaments
from apps.user_profile.services import accounts, passports

GAME_ID = 1  # Call of Duty
BEGIN = datetime(2026, 3, 6, 17, 0, tzinfo=UTC)
OLD_NAME, NEW_NAME = "Old Guard", "Vanguard Nine"
PASSWORD = "correct-horse-battery"
SQUADS = {
    "Night Owls": ("Ada", "Bo"),
    OLD_NAME: ("Cleo", "Dmitri"),
    "Red Comet": ("Eun-ji", "Farah"),
    "Salt & Iron": ("Gus", "Hana"),
    "Polar Nine": ("Imre", "Jun"),
    "Quiet Storm": ("Kofi", "Lena"),
    "Brass Hearts": ("Mateo", "Nadia"),
    "Glass Cannons": ("Oskar", "Priya"),
}
GROUPS = {"A": tuple(SQUADS)[:4], "B": tuple(SQUADS)[4:]}


@dataclass(frozen=True)
class Squad:
    """A team and its players."""

    team_id: int
    slug: str
    user_ids: tuple[int, ...]


class Season:
    """The season while it is played: a tournament that is over, one that is live, one to come."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.squads: dict[str, Squad] = {}

    def play(self) -> "Season":
        """Play all of it."""
        with occurring_at(BEGIN - timedelta(days=30)):
            for name, players in SQUADS.items():
                self.squads[name] = found(name, players)
        self.open_tournament()
        self.live_league()
        self.coming_cup()
        return self

    def open_tournament(self) -> None:
        """Two groups, then a double elimination with a reset; a team is renamed in between."""
        self.enter("Delta Open", tuple(SQUADS), ends=BEGIN + timedelta(days=2), city="Dhaka")
        for group, names in GROUPS.items():
            for number, (a, b) in enumerate(combinations(names, 2)):
                self.match(a, b, (3, 1), matches.Slot(Stage.POOL, group, 0, number))
        with occurring_at(self.now):
            roster.rename(team_id=self.squads[OLD_NAME].team_id, name=NEW_NAME)
        self.match("Night Owls", "Quiet Storm", (3, 0), matches.Slot(Stage.UPPER, "", 1, 0))
        self.match("Polar Nine", OLD_NAME, (2, 3), matches.Slot(Stage.UPPER, "", 1, 1))
        self.match("Night Owls", OLD_NAME, (3, 2), matches.Slot(Stage.UPPER, "", 2, 0))
        self.match("Quiet Storm", "Polar Nine", (1, 3), matches.Slot(Stage.LOWER, "", 1, 0))
        self.match(OLD_NAME, "Polar Nine", (3, 0), matches.Slot(Stage.LOWER, "", 2, 0))
        self.match("Night Owls", OLD_NAME, (1, 3), matches.Slot(Stage.GRAND_FINAL, "", 1, 0))
        self.match("Night Owls", OLD_NAME, (3, 2), matches.Slot(Stage.GRAND_FINAL, "", 1, 1))
        with occurring_at(self.now):
            tournaments.complete(tournament_id=self.tournament_id)

    def live_league(self) -> None:
        """A division after its first week."""
        self.enter("Crown League", GROUPS["A"], ends=self.now + timedelta(days=40))
        self.match("Night Owls", OLD_NAME, (3, 2), matches.Slot(Stage.LEAGUE, "A", 1, 0))
        self.match("Red Comet", "Salt & Iron", (1, 3), matches.Slot(Stage.LEAGUE, "A", 1, 1))

    def coming_cup(self) -> None:
        """A tournament with one entrant so far."""
        self.tournament_id = tournaments.create(
            name="Winter Cup", game_id=GAME_ID, starts_at=self.now + timedelta(days=90)
        ).pk
        self.register("Night Owls")

    def enter(self, name: str, squads: tuple[str, ...], *, ends: datetime, city: str = "") -> None:
        """Announce a tournament, enter the squads and start it."""
        tournament = tournaments.create(
            name=name, game_id=GAME_ID, title="Black Ops 8", city=city, starts_at=self.now, ends_at=ends
        )
        self.tournament_id = tournament.pk
        with occurring_at(self.now):
            for squad in squads:
                self.register(squad)
            tournaments.start(tournament_id=tournament.pk)

    def register(self, name: str) -> None:
        """Enter a squad with all its players."""
        squad = self.squads[name]
        registration.register_team(
            tournament_id=self.tournament_id, team_id=squad.team_id, player_ids=squad.user_ids
        )

    def match(self, a: str, b: str, score: tuple[int, int], slot: matches.Slot) -> None:
        """Record a series an hour after the last one."""
        self.now += timedelta(hours=1)
        first, second = self.squads[a], self.squads[b]
        players = [
            matches.Line(user_id, squad.team_id, kills=40 + 7 * place, deaths=41, assists=9 + place)
            for squad in (first, second)
            for place, user_id in enumerate(squad.user_ids)
        ]
        with occurring_at(self.now):
            matches.record(
                tournament_id=self.tournament_id,
                a=matches.Side(first.team_id, score[0]),
                b=matches.Side(second.team_id, score[1]),
                played_at=self.now,
                players=players,
                slot=slot,
                best_of=5,
            )


def found(name: str, players: tuple[str, ...]) -> Squad:
    """Sign players up, give them passports, seat them in a new team; the first one is its captain."""
    user_ids = []
    for player in players:
        user = accounts.sign_up(username=player, password=PASSWORD)
        passports.add(user_id=user.pk, game_id=GAME_ID, ign=f"{player}_x")
        user_ids.append(user.pk)
    team = roster.create_team(name=name, creator_id=user_ids[0], game_id=GAME_ID)
    for place, user_id in enumerate(user_ids):
        roster.join(team_id=team.pk, user_id=user_id, role="PLAYER" if place else "CAPTAIN")
    return Squad(team.pk, team.slug, tuple(user_ids))
