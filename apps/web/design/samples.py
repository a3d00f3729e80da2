"""What the components show on the page of the design system: nobody of them is in the database."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.utils.translation import gettext as _

from apps.tournaments.selectors import Form, GroupRow, MatchCard, Side, Standing
from apps.user_profile.selectors import PlayerCard
from apps.web.design.cup import tag_of
from apps.web.selectors.brackets import Gap
from apps.web.selectors.history import HistoryRow
from apps.web.selectors.home import Leader, Rising
from apps.web.selectors.tournaments import Places, Table

NOON = datetime(2026, 5, 2, 12, tzinfo=UTC)
TEAMS = {
    4: "Red Owls",
    11: "Iron Foxes",
    17: "Pale Kings",
    29: "Swift Wolves",
    36: "Calm Lynx",
    45: "Wild Stags",
}
PLAYERS = {3: "Ada", 8: "Björk Guðmundsdóttir", 15: "Chika", 22: "Dmitri", 31: "Eun-ji", 47: "Farah"}
GALLERY = 18
NOBODY = Side(0, "", "", "", "", 0, won=False, pending=True)


@dataclass(frozen=True, slots=True)
class SampleMatch(MatchCard):
    """A match, with what a screen reader says."""

    spoken: str = ""


def side(team_id: int, score: int = 0, *, won: bool = False, out: str = "", pending: bool = False) -> Side:
    """Return a side of a sample match, seeded by its place among the teams."""
    name, seed = TEAMS[team_id], list(TEAMS).index(team_id) + 1
    return Side(team_id, "", tag_of(name), name, name, score, won, seed, pending, out)


def match(id_: int, state: str, a: Side, b: Side) -> SampleMatch:
    """Return a sample match."""
    return SampleMatch(
        id=id_,
        tournament_id=0,
        tournament_name=_("Sample Open"),
        tournament_slug="",
        stage="UPPER",
        group="",
        round=1,
        number=id_,
        label=_("Upper bracket, round 1"),
        a=a,
        b=b,
        played_at=NOON + timedelta(hours=id_),
        best_of=3,
        state=state,
        spoken=f"{a.name}, {b.name}",
    )


def matches() -> list[SampleMatch]:
    """Return a match in every state."""
    decided_later, no_opponent = replace(NOBODY, name=_("To be decided")), replace(NOBODY, name=_("Bye"))
    return [
        match(1, "", side(4, 2, won=True), side(11, 1)),
        match(2, "LIVE", side(17, 1), side(29)),
        match(3, "UPCOMING", side(4, pending=True), side(36, pending=True)),
        match(4, "OPEN", side(17, pending=True), decided_later),
        match(5, "BYE", side(4, won=True, pending=True), no_opponent),
        match(6, "WALKOVER", side(36, won=True, pending=True), side(45, out="WALKOVER", pending=True)),
        match(7, "DQ", side(29, 1, won=True), side(11, 1, out="DQ")),
    ]


def gaps() -> list[Gap]:
    """Return the slots without a match."""
    return [Gap(to_come=True), Gap(to_come=False)]


def players() -> list[PlayerCard]:
    """Return a few players; one has a long name."""
    return [PlayerCard(user_id, "", name, None) for user_id, name in PLAYERS.items()]


def teams() -> list[SimpleNamespace]:
    """Return a few teams."""
    return [SimpleNamespace(id=id_, slug="", tag=tag_of(name), name=name) for id_, name in TEAMS.items()]


def avatars() -> list[PlayerCard]:
    """Return players for a gallery of pictures."""
    return [PlayerCard(user_id, "", "", None) for user_id in range(1, GALLERY + 1)]


def crests() -> list[SimpleNamespace]:
    """Return teams for a gallery of crests; tags of one to five letters, and none."""
    tags = ["DC", "OWL", "F", "KING", "STAGS", ""]
    return [SimpleNamespace(id=id_, tag=tags[id_ % len(tags)], name="") for id_ in range(1, GALLERY + 1)]


def standings() -> SimpleNamespace:
    """Return final places: three on the podium, a shared place, a player who entered alone."""
    places = [(1, 1), (2, 2), (3, 3), (4, 4), (5, 6), (5, 6)]
    rows = [
        Standing(seed, name, name, *place, seed, team_id, "", tag_of(name))
        for (seed, (team_id, name)), place in zip(enumerate(TEAMS.items(), 1), places, strict=True)
    ]
    rows[4] = replace(rows[4], played_as="Calm Cats")
    rows[5] = replace(rows[5], team_id=None, player=players()[1])
    return SimpleNamespace(podium=rows[:3], rest=[Places(4, 4, rows[3:4]), Places(5, 6, rows[4:])])


def table() -> Table:
    """Return a group."""
    numbers = [(1, 3, 0, 6, 1), (2, 2, 1, 5, 3), (3, 1, 2, 3, 4), (4, 0, 3, 0, 6)]
    rows = [
        GroupRow(id_, "", tag_of(name), name, name, rank, 3, won, lost, 0, maps_won, maps_lost)
        for (id_, name), (rank, won, lost, maps_won, maps_lost) in zip(TEAMS.items(), numbers, strict=False)
    ]
    return Table(_("Group A"), rows)


def leaders() -> list[Leader]:
    """Return players with most wins."""
    return [
        Leader(
            rank,
            player,
            SimpleNamespace(matches_won=1_240 // rank, matches_played=1_700 // rank, kills=9, deaths=8),
        )
        for rank, player in enumerate(players()[:3], 1)
    ]


def rising() -> list[Rising]:
    """Return players in form."""
    return [
        Rising(rank, player, Form(player.user_id, 9, 9 - rank, 120 - rank, 100))
        for rank, player in enumerate(players()[3:], 1)
    ]


def history() -> list[HistoryRow]:
    """Return a series won, one lost, one level."""
    won = match(21, "", side(4, 3, won=True), side(11, 1))
    lost = match(22, "", side(4, 1), side(17, 3, won=True))
    level = match(23, "", side(4, 2), side(29, 2))
    return [
        HistoryRow(each, each.a, each.b, result, 31, 28, 12)
        for each, result in ((won, True), (lost, False), (level, None))
    ]


def tournaments() -> list[SimpleNamespace]:
    """Return a tournament in every state, one with a champion."""
    states = {"LIVE": _("Crown League"), "UPCOMING": _("Winter Cup"), "COMPLETED": _("Delta Open")}
    champion = SimpleNamespace(id=4, slug="red-owls", tag="ROW", name="Red Owls")
    return [
        SimpleNamespace(
            tournament=SimpleNamespace(
                slug="", name=name, status=state, title="Sample Game 4", city="Dhaka",
                starts_at=NOON, ends_at=NOON + timedelta(days=2),
            ),
            champion=champion if state == "COMPLETED" else None,
            entries=16,
        )
        for state, name in states.items()
    ]  # fmt: skip


def messages() -> list[Message]:
    """Return what is said after an action, in every tone."""
    return [
        Message(constants.SUCCESS, _("Your team is registered.")),
        Message(constants.INFO, _("Check-in opens an hour before the first round.")),
        Message(constants.WARNING, _("Two seats of your roster are empty.")),
        Message(constants.ERROR, _("The roster is locked: the tournament has begun.")),
    ]
