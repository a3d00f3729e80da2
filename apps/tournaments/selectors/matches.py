"""Matches as cards: two sides under their names of now, with those they played under beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Subquery, Window

from apps.tournaments.formats.results import Outcome, Stage
from apps.tournaments.models import (
    Correction,
    Match,
    MatchParticipant,
    MatchStatus,
    Tournament,
    TournamentEntry,
)
from apps.tournaments.selectors.speaking import own_side
from apps.user_profile.selectors import PlayerCard


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a match. `name` is of now, `played_as` of that day.

    `seed` 0 is none; `pending` without a score; `out` is `DQ` or `WALKOVER` for who left the match. A player
    who entered alone has no team; `player` is his card where a page may show it.
    """

    team_id: int | None
    team_slug: str
    team_tag: str
    name: str
    played_as: str
    score: int
    won: bool
    seed: int = 0
    pending: bool = False
    out: str = ""
    entry_id: int | None = None
    user_id: int | None = None
    player: PlayerCard | None = None


@dataclass(frozen=True, slots=True)
class MatchCard:
    """A match, ready to be shown.

    `state` is empty for one that was played, else `LIVE`, `UPCOMING`, `OPEN` (a side is not known yet),
    `BYE`, `WALKOVER` or `DQ`.
    """

    id: int
    tournament_id: int
    tournament_name: str
    tournament_slug: str
    stage: str
    group: str
    round: int
    number: int
    label: str
    a: Side
    b: Side
    played_at: datetime | None
    best_of: int | None
    state: str = ""
    phase_id: int | None = None


@dataclass(frozen=True, slots=True)
class PlayerMatch:
    """A match from the view of a player: his entry and his numbers. `won` is None when it ended level."""

    match: MatchCard
    entry_id: int
    won: bool | None
    kills: int
    deaths: int
    assists: int


@dataclass(frozen=True, slots=True)
class Record:
    """What a team has played in all tournaments."""

    played: int = 0
    won: int = 0
    lost: int = 0
    drawn: int = 0


def series_of(tournament_id: int) -> list[MatchCard]:
    """Return all matches of a tournament in the order they were played. One query."""
    return cards(loaded().filter(tournament_id=tournament_id).order_by("played_at", "id"))


def matches_in(tournament_id: int) -> QuerySet[Match]:
    """Return all matches of a tournament that are needed, with all that a card shows; nothing is read yet."""
    needed = Match.objects.filter(tournament_id=tournament_id).exclude(status=MatchStatus.CANCELLED)
    return needed.select_related("tournament", "entry_a__team", "entry_b__team")


def worth_showing(
    tournament_id: int, stages: Iterable[str], *, round_max: int, latest: int, to_come: int
) -> QuerySet[Any]:
    """Return of very many matches those to show; nothing is read yet.

    The rounds of these stages that have at most `round_max` matches, the `latest` results and those `to_come`
    next. Each row says whether it is of such a round, `late`, and how many matches of all are `decided`.
    """
    needed = Match.objects.filter(tournament_id=tournament_id).exclude(status=MatchStatus.CANCELLED)
    sizes = needed.annotate(size=Window(Count("pk"), partition_by=[F("stage"), F("round")]))
    late = Q(pk__in=sizes.filter(stage__in=stages, size__lte=round_max).values("pk"))
    newest = needed.filter(played_at__isnull=False).order_by("-played_at", "-id")[:latest]
    open_ones = needed.filter(status__in=[MatchStatus.LIVE, MatchStatus.READY]).order_by("status", "id")
    decided = needed.order_by().values("tournament").annotate(count=Count("played_at")).values("count")
    rows = matches_in(tournament_id).annotate(late=late, decided=Subquery(decided))
    return rows.filter(
        Q(late=True) | Q(pk__in=newest.values("pk")) | Q(pk__in=open_ones.values("pk")[:to_come])
    )


@dataclass(frozen=True, slots=True)
class PlayerLine:
    """A player's numbers in a match."""

    user_id: int
    entry_id: int
    kills: int
    deaths: int
    assists: int


@dataclass(frozen=True, slots=True)
class GameLine:
    """One game of a match; `won` is the side that won it, `a`, `b` or empty."""

    number: int
    mode: str
    map: str
    score_a: int
    score_b: int
    won: str


@dataclass(frozen=True, slots=True)
class MatchDetail:
    """A match with all that is known of it; `own_entry_id` is the side for which the viewer speaks.

    Its sides and who runs it have a room, where it is of a phase.
    """

    tournament: Tournament
    card: MatchCard
    own_entry_id: int | None
    has_room: bool
    games: list[GameLine]
    players: list[PlayerLine]
    corrections: list[Correction]


def match_detail(tournament_slug: str, match_id: int, user_id: int | None = None) -> MatchDetail | None:
    """Return a match of a tournament, or None when it has no such one. Four queries, two if it is open."""
    rows = Match.objects.select_related("tournament", "entry_a__team", "entry_b__team", "phase")
    match: Any = own_side(rows, user_id).filter(pk=match_id, tournament__slug=tournament_slug).first()
    if match is None:
        return None
    sides = {match.entry_a_id: "a", match.entry_b_id: "b"}
    # Games and numbers come with the result, and go with it.
    decided = match.played_at is not None
    lines = match.participants.order_by("-kills", "deaths", "user_id") if decided else ()
    return MatchDetail(
        tournament=match.tournament,
        card=card(match),
        own_entry_id=match.own_entry_id,
        has_room=match.phase is not None and match.status != MatchStatus.CANCELLED,
        games=[
            GameLine(
                one.number, one.mode, one.map, one.score_a, one.score_b,
                sides[one.winner_id] if one.winner_id else "",
            )
            for one in (match.maps.all() if decided else ())
        ],
        players=[
            PlayerLine(line.user_id, line.entry_id, line.kills, line.deaths, line.assists) for line in lines
        ],
        corrections=list(match.corrections.all()),
    )  # fmt: skip


def match_card(match_id: int) -> MatchCard | None:
    """Return a match, decided or not; None when there is none. One query."""
    found = Match.objects.select_related("tournament", "entry_a__team", "entry_b__team").filter(pk=match_id)
    match = found.first()
    return card(match) if match else None


def latest_results(limit: int = 10) -> list[MatchCard]:
    """Return the matches that were played last, the latest first. One query."""
    return cards(loaded().order_by("-played_at", "-id")[:limit])


def matches_of(user_id: int, limit: int = 20) -> list[PlayerMatch]:
    """Return a player's matches, the latest first. One query."""
    return player_matches(lines_of(user_id).order_by("-match__played_at", "-match_id")[:limit])


def lines_of(user_id: int) -> QuerySet[MatchParticipant]:
    """Return a player's lines on matches, with all that cards of them show. Nothing is read yet."""
    return MatchParticipant.objects.filter(user_id=user_id).select_related(
        "match__tournament", "match__entry_a__team", "match__entry_b__team"
    )


def player_matches(lines: Iterable[MatchParticipant]) -> list[PlayerMatch]:
    """Return matches from the view of the players of these lines."""
    return [
        PlayerMatch(
            match=card(line.match),
            entry_id=line.entry_id,
            won=line.match.winner_id == line.entry_id if line.match.winner_id else None,
            kills=line.kills,
            deaths=line.deaths,
            assists=line.assists,
        )
        for line in lines
    ]


def records(team_ids: Iterable[int]) -> dict[int, Record]:
    """Return what these teams have played; zeros for one that has not. Two queries."""
    wanted = set(team_ids)
    found = dict.fromkeys(wanted, Record())
    decided = Match.objects.filter(played_at__isnull=False).order_by()
    for side in ("entry_a", "entry_b"):
        team = f"{side}__team_id"
        rows = decided.filter(**{f"{team}__in": wanted}).values(team)
        won, drawn = Count("id", filter=Q(winner=F(side))), Count("id", filter=Q(winner=None))
        counted = rows.annotate(played=Count("id"), won=won, drawn=drawn)
        for row in counted:
            before = found[row[team]]
            found[row[team]] = Record(
                played=before.played + row["played"],
                won=before.won + row["won"],
                lost=before.lost + row["played"] - row["won"] - row["drawn"],
                drawn=before.drawn + row["drawn"],
            )
    return found


def loaded() -> QuerySet[Match]:
    """Return matches that were decided between two entrants, with all that a card shows."""
    played = Match.objects.filter(played_at__isnull=False)
    return played.select_related("tournament", "entry_a__team", "entry_b__team")


def cards(matches: Iterable[Match]) -> list[MatchCard]:
    """Return cards of matches that were loaded with what they show."""
    return [card(match) for match in matches]


def card(match: Match, seeds: Mapping[int, int] | None = None) -> MatchCard:
    """Return one card; `seeds` are those of the entries, where a page shows them."""
    return MatchCard(
        id=match.pk,
        tournament_id=match.tournament_id,
        tournament_name=match.tournament.name,
        tournament_slug=match.tournament.slug,
        stage=match.stage,
        group=match.group,
        round=match.round,
        number=match.number,
        label=label(match),
        a=side(match, match.entry_a, match.name_a, match.score_a, match.source_a, seeds or {}),
        b=side(match, match.entry_b, match.name_b, match.score_b, match.source_b, seeds or {}),
        played_at=match.played_at,
        best_of=match.best_of,
        state=state(match),
        phase_id=match.phase_id,
    )


STATES: dict[str, str] = {
    Outcome.PLAYED: "",
    Outcome.FORFEIT: "WALKOVER",
    Outcome.DOUBLE_FORFEIT: "WALKOVER",
    Outcome.DISQUALIFIED: "DQ",
    Outcome.BYE: "BYE",
    Outcome.VOID: "BYE",
    MatchStatus.LIVE: "LIVE",
    MatchStatus.READY: "UPCOMING",
    MatchStatus.PENDING: "OPEN",
}
STATUSES = {state: status for status, state in STATES.items() if status in MatchStatus}
"""The status of the matches in a state that is not over."""


def state(match: Match) -> str:
    """Return what a match is, for who looks at it."""
    return STATES.get(str(match.outcome or match.status), "OPEN")


def side(
    match: Match,
    entry: TournamentEntry | None,
    name: str,
    score: int,
    source: str = "",
    seeds: Mapping[int, int] | None = None,
) -> Side:
    """Return one side of a card."""
    played = match.outcome == Outcome.PLAYED
    if entry is None:
        awaited = "Bye" if match.status == MatchStatus.COMPLETED else source_text(source)
        return Side(None, "", "", awaited, awaited, 0, won=False, pending=True)
    team = entry.team
    won = match.winner_id == entry.pk
    gone = "" if played or won or not match.outcome else STATES[match.outcome]
    current = team.name if team else name or entry.name
    return Side(
        team_id=team.pk if team else None,
        team_slug=team.slug if team else "",
        team_tag=team.tag if team else "",
        name=current,
        played_as=name or current,
        score=score,
        won=won,
        seed=(seeds or {}).get(entry.pk, 0),
        pending=not played,
        out=gone,
        entry_id=entry.pk,
        user_id=entry.user_id,
    )


SHORT = {Stage.UPPER.value: "U", Stage.LOWER.value: "L"}


def source_text(source: str) -> str:
    """Return in words where a side comes from: `W UPPER//1/3` is the winner of the fourth match there."""
    if not source:
        return "To be decided"
    kind, spot = source.split(" ", 1)
    stage, _, number, place = spot.split("/")
    where = f"{SHORT.get(stage, Stage(stage).label)}{number}.{int(place) + 1}"
    return f"{'Winner' if kind == 'W' else 'Loser'} of {where}"


def label(match: Match) -> str:
    """Return where a match belongs, in words: `Group A`, `Division A, week 3`, `Lower bracket, round 2`."""
    match match.stage:
        case Stage.POOL:
            return f"Group {match.group}".strip()
        case Stage.LEAGUE:
            week = f"week {match.round}" if match.round else ""
            return ", ".join(filter(None, [f"Division {match.group}" if match.group else "League", week]))
        case Stage.TIE_BREAK:
            return f"Tie-break, group {match.group}" if match.group else "Tie-break"
        case Stage.UPPER | Stage.LOWER:
            return f"{Stage(match.stage).label}, round {match.round}"
        case Stage.SWISS:
            return f"Swiss, round {match.round}"
        case Stage.THIRD_PLACE:
            return "Match for third place"
        case Stage.GRAND_FINAL:
            return "Grand final, reset" if match.number else "Grand final"
    return "Match"


@dataclass(frozen=True, slots=True)
class Win:
    """A player won a match."""

    user_id: int
    match: MatchCard
    played_at: datetime


def wins_of(user_ids: Iterable[int], since: datetime, limit: int = 5) -> list[Win]:
    """Return the latest matches that these players won since a moment. One query."""
    rows = MatchParticipant.objects.filter(
        user_id__in=list(user_ids), match__played_at__gte=since, match__winner=F("entry")
    )
    rows = rows.select_related("match__tournament", "match__entry_a__team", "match__entry_b__team")
    found = rows.order_by("-match__played_at", "-pk")[:limit]
    return [Win(row.user_id, card(row.match), row.match.played_at) for row in found if row.match.played_at]
