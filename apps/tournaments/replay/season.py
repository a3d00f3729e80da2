"""Plays a season through the services that a web request would use, one transaction per thing that happens.

A series is a transaction: sign-ups of new players, transfers, late registrations, the match and its events
stand or fall together. So a replay that was killed goes on where it was: what is there already is known by
its external id and left alone.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

from django.db import connection, transaction

from apps.events import occurring_at
from apps.events.context import acting
from apps.tournaments.formats.results import Stage
from apps.tournaments.models import Match, Status, Tournament, TournamentParticipant
from apps.tournaments.replay.folder import EventResults, name_from
from apps.tournaments.replay.people import People
from apps.tournaments.replay.report import Report
from apps.tournaments.replay.schedule import Closing, Item, Opening, Playing, Renaming, schedule
from apps.tournaments.replay.series import MapResult, Series
from apps.tournaments.services import matches, prizes, registration, tournaments

# One game for every yearly title; the title is a text of the tournament.
GAME_ID = 1
GAME_TITLE = "Call of Duty"

# Two replays at once would both found the same teams; the second waits so long for the first to end.
LOCK_KEY = 0x5EA50
LOCK_WAIT_S = 10
LOCK_POLL_S = 0.2


class AnotherReplay(Exception):
    """A replay is running on this database: wait for it, or stop it."""


class Season:
    """A season and how far it has been played here."""

    def __init__(self, events: Sequence[EventResults], report: Report) -> None:
        self.report = report
        self.items = schedule(events)
        self.people = People(GAME_ID)
        ids = [event.external_id for event in events]
        known = Tournament.objects.filter(external_id__in=ids)
        self.tournaments = {tournament.external_id: tournament for tournament in known}
        self.played = set(
            Match.objects.filter(tournament__in=known).values_list("tournament__external_id", "external_id")
        )
        self.registered = {
            (tournament, user): team
            for tournament, user, team in TournamentParticipant.objects.filter(
                tournament__in=known
            ).values_list("tournament_id", "user_id", "entry__team_id")
        }

    def missing(self) -> int:
        """Count the series that are not played yet."""
        return sum(not self.is_played(item) for item in self.items if isinstance(item, Playing))

    def play(self, *, limit: int | None = None, speed: float | None = None) -> Iterator[Item]:
        """Play what is missing, in order of time, and yield each thing that has happened.

        `limit` is a number of series; an event whose last series is the last one allowed is completed.
        `speed` is how many seconds of the season pass in one of ours; without it nothing waits.
        """
        there = sum(self.is_played(item) for item in self.items if isinstance(item, Playing))
        self.report.count("series_already_there", there)
        before: datetime | None = None
        series = 0
        for item in self.items:
            if limit is not None and series >= limit and not isinstance(item, Closing):
                break
            if isinstance(item, Playing):
                if self.is_played(item):
                    before = item.at
                    continue
                if speed and before:
                    time.sleep((item.at - before).total_seconds() / speed)
                before = item.at
                series += 1
            with transaction.atomic(), acting(actor=None, correlation_id=uuid4()), occurring_at(item.at):
                happened = self.happen(item)
            if happened:
                yield item

    def is_played(self, item: Playing) -> bool:
        """Tell whether a series is recorded here."""
        return (item.event.external_id, item.series.series_id) in self.played

    def happen(self, item: Item) -> bool:
        """Do what the item says; tell whether that changed anything."""
        match item:
            case Opening():
                return self.open(item.event)
            case Renaming():
                return self.rename(item)
            case Playing():
                return self.play_series(item.event, item.series)
            case Closing():
                return self.close(item.event)

    def open(self, event: EventResults) -> bool:
        """Announce a tournament, register its teams with their first line-ups, and start it."""
        tournament = self.tournaments.get(event.external_id)
        if tournament and tournament.status != Status.UPCOMING:
            return False
        tournament = tournament or tournaments.create(
            name=event.label.name or name_from(event.external_id),
            game_id=GAME_ID,
            title=event.label.title or GAME_TITLE,
            city=event.label.city,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            external_id=event.external_id,
        )
        if event.prizes:
            prizes.announce(tournament_id=tournament.pk, amounts=event.prizes)
        for team, players in event.lineups().items():
            team_id = self.people.team(team)
            player_ids = self.seen(team_id, players)
            registration.register_team(tournament_id=tournament.pk, team_id=team_id, player_ids=player_ids)
            self.registered |= {(tournament.pk, user_id): team_id for user_id in player_ids}
        self.tournaments[event.external_id] = tournaments.start(tournament_id=tournament.pk)
        self.report.count("tournaments_started")
        return True

    def seen(self, team_id: int, players: Sequence[str]) -> list[int]:
        """Return the accounts of players seen with a team, signed up and on its roster."""
        known = len(self.people.players)
        player_ids = [self.people.player(player) for player in players]
        self.report.count("players_signed_up", len(self.people.players) - known)
        self.report.count("transfers", self.people.field(team_id, player_ids))
        return player_ids

    def rename(self, item: Renaming) -> bool:
        """Rename a team, as long as its event is being played."""
        tournament = self.tournaments[item.event.external_id]
        if tournament.status != Status.LIVE or not self.people.rename_team(item.rename.team, item.rename.new):
            return False
        self.report.count("teams_renamed")
        return True

    def play_series(self, event: EventResults, series: Series) -> bool:
        """Record a series, with everybody in it on his roster and registered."""
        tournament = self.tournaments[event.external_id]
        if tournament.status == Status.COMPLETED:
            fault = f"series {series.series_id} comes too late: {tournament} is completed"
            self.report.wonder(event.file, series.line, fault)
            return False
        sides = {team: self.people.team(team) for team in series.teams}
        lines = []
        for team, team_id in sides.items():
            own = [totals for totals in series.players if totals.team == team]
            player_ids = self.seen(team_id, [totals.player for totals in own])
            self.register_late(tournament, team_id, player_ids)
            lines += [
                matches.Line(user_id, team_id, totals.kills, totals.deaths, totals.assists)
                for user_id, totals in zip(player_ids, own, strict=True)
            ]
        (team_a, id_a), (team_b, id_b) = sides.items()
        matches.record(
            tournament_id=tournament.pk,
            a=matches.Side(id_a, series.scores[0], series.names[0]),
            b=matches.Side(id_b, series.scores[1], series.names[1]),
            played_at=series.ended_at,
            players=lines,
            games=[game(one, team_a, team_b, sides) for one in series.maps],
            slot=matches.Slot(
                series.where.stage, series.where.group, series.where.round, series.where.number
            ),
            best_of=event.best_of(series),
            external_id=series.series_id,
        )
        self.played.add((event.external_id, series.series_id))
        self.report.count("series_played")
        self.report.count("series_level", series.scores[0] == series.scores[1])
        self.report.count("series_of_unknown_form", series.where.stage == Stage.OTHER)
        return True

    def register_late(self, tournament: Tournament, team_id: int, player_ids: Sequence[int]) -> None:
        """Register players who were not in their team's first line-up."""
        late = [user for user in player_ids if self.registered.get((tournament.pk, user)) != team_id]
        if late:
            registration.add_players(tournament_id=tournament.pk, team_id=team_id, player_ids=late)
            self.registered |= {(tournament.pk, user_id): team_id for user_id in late}

    def close(self, event: EventResults) -> bool:
        """Complete a tournament once all its series are played."""
        tournament = self.tournaments.get(event.external_id)
        if tournament is None or tournament.status != Status.LIVE:
            return False
        if any((event.external_id, series.series_id) not in self.played for series in event.series):
            return False
        self.tournaments[event.external_id] = tournaments.complete(tournament_id=tournament.pk)
        self.report.count("tournaments_completed")
        return True


def game(one: MapResult, team_a: str, team_b: str, sides: dict[str, int]) -> matches.Game:
    """Return one map as the match service wants it."""
    return matches.Game(
        mode=one.mode,
        map=one.map_name,
        score_a=one.scores.get(team_a, 0),
        score_b=one.scores.get(team_b, 0),
        winner_id=sides[one.winner] if one.winner else None,
        ended_at=one.ended_at,
        external_id=one.map_id,
    )


@contextmanager
def alone() -> Iterator[None]:
    """Keep other replays away from this database; the server ends the lock with the connection.

    Raises AnotherReplay when one is still running after LOCK_WAIT_S.
    """
    patience = time.monotonic() + LOCK_WAIT_S
    while not query("SELECT pg_try_advisory_lock(%s)"):
        if time.monotonic() > patience:
            raise AnotherReplay(AnotherReplay.__doc__)
        time.sleep(LOCK_POLL_S)
    try:
        yield
    finally:
        query("SELECT pg_advisory_unlock(%s)")


def query(sql: str) -> bool:
    """Ask for the replay's lock."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [LOCK_KEY])
        return bool(cursor.fetchone()[0])
