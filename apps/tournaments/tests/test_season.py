"""The shipped season, played once: our standings are the published ones, our sums those of the files."""

import json
from collections import Counter, defaultdict
from io import StringIO
from itertools import batched

import pytest
from django.core.management import call_command
from django.db.models import F, Sum

from apps.economy.models import Book, Kind, Posting, PrizeClaim
from apps.events import stream
from apps.events.models import EventLog, EventStream
from apps.events.testing import deliver_all
from apps.events.verify import verify
from apps.tournaments import selectors
from apps.tournaments.models import (
    Match,
    MatchParticipant,
    Prize,
    SourceName,
    Tournament,
    TournamentParticipant,
)
from apps.user_profile.achievements import ACHIEVEMENTS
from apps.user_profile.models import UserAchievement, UserActivity, UserProfile, UserProfileStats
from apps.user_profile.services import stats

from . import season

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.differential,
    pytest.mark.usefixtures("played"),
]


def replay():
    out = StringIO()
    call_command("replay_season", str(season.SEASON), json=True, strict=True, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


@pytest.fixture(scope="module")
def played(django_db_setup, django_db_blocker):
    """Play the season and deliver its events, outside of any test's transaction; return the summary."""
    with django_db_blocker.unblock():
        try:
            summary = replay()
            deliver_all()
            yield summary
        finally:
            call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def tournaments():
    return {tournament.external_id: tournament for tournament in Tournament.objects.all()}


def test_everything_in_the_files_was_played(played):
    expected = {"series_played": 822, "players_signed_up": 197, "tournaments_completed": 11}
    nothing = dict.fromkeys(("skipped_rows", "series_level", "series_of_unknown_form"), 0)
    assert played == played | expected | nothing
    for row in season.rows("events.csv"):
        tournament = Tournament.objects.get(external_id=row["file"].removesuffix(".csv"))
        assert tournament.name == row["event"]
        assert (tournament.title, tournament.city) == (row["title"], row["city"])
        assert tournament.matches.count() == int(row["series"])
        assert tournament.participants.count() == int(row["players"])
        renamed = row["event"] == "CWL Champs 2018"
        assert tournament.entries.count() == int(row["teams"]) - renamed


def test_all_published_places_are_ours(tournaments):
    found = {
        (event, name): (row.place_from, row.place_to)
        for event, tournament in tournaments.items()
        for row in selectors.standings(tournament.pk)
        for name in (row.name, row.played_as)
    }
    published = season.published_places()
    assert {key: found[key] for key in published} == published
    assert len(published) == 28


def test_the_published_league_table_is_ours(tournaments):
    published = season.rows("official_league_table.csv")
    tables = selectors.group_tables(tournaments[published[0]["event"]].pk)
    [table] = [table for table in tables if table.name == f"Division {published[0]['division']}"]
    columns = ("position", "series_won", "series_lost", "games_won", "games_lost")
    assert [(row.name, row.rank, row.won, row.lost, row.games_won, row.games_lost) for row in table.rows] == [
        (row["team"], *(int(row[column]) for column in columns)) for row in published
    ]


def test_every_player_has_the_plain_sums_of_the_files():
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for event in season.event_files():
        winners = {}
        maps: dict[str, Counter[str]] = defaultdict(Counter)
        seen: dict[str, dict[str, str]] = defaultdict(dict)
        for row in season.rows(event):
            team = season.one_name(event, row["team"])
            maps[row["series id"]][team] += row["win?"] == "W"
            seen[row["series id"]][row["player"]] = team
            sums[row["player"]].update({name: int(row[name]) for name in ("kills", "deaths", "assists")})
        for series, won in maps.items():
            (first, most), (_, other) = won.most_common(2)
            winners[series] = first if most > other else None
        for series, players in seen.items():
            for player, team in players.items():
                sums[player].update(matches_played=1, matches_won=int(winners[series] == team))
        for player in {player for players in seen.values() for player in players}:
            sums[player]["tournaments_played"] += 1
    columns = ("kills", "deaths", "assists", "matches_played", "matches_won", "tournaments_played")
    stats = UserProfileStats.objects.in_bulk(field_name="user_id")
    people = SourceName.objects.filter(kind="PLAYER").values_list("name", "user_id")
    found = {name: tuple(getattr(stats[user_id], column) for column in columns) for name, user_id in people}
    assert found == {name: tuple(own[column] for column in columns) for name, own in sums.items()}
    assert len(found) == 197


def test_no_figure_drifts():
    found = {finding.name: finding for finding in verify()}
    assert {name for name, finding in found.items() if finding.drift} == set()
    for column in ("tournaments_played", "matches_played", "matches_won", "kills", "deaths", "assists"):
        assert found[f"user_profile.stats.{column}"].rows_checked == 197


def test_each_event_was_said_once_per_player():
    told = Counter(EventLog.objects.values_list("event_type", flat=True))
    assert told["tournament_match_completed"] == MatchParticipant.objects.count()
    assert told["match_won"] == MatchParticipant.objects.filter(match__winner=F("entry")).count()
    seats = TournamentParticipant.objects.count()
    for event in ("tournament_registered", "tournament_placement", "tournament_completed"):
        assert told[event] == seats
    won = EventLog.objects.filter(event_type="match_won").order_by("id")
    dates = list(won.values_list("occurred_at", flat=True))
    assert dates == sorted(dates)


def test_the_team_that_was_renamed_in_mid_event_is_one_entry(tournaments):
    champs = tournaments["2018-08-19-champs"]
    [entry] = [row for row in selectors.standings(champs.pk) if row.name == "Team Envy"]
    assert (entry.played_as, entry.place_from, entry.place_to) == ("Team EnVyUs", 5, 6)
    names = {
        side.played_as
        for card in selectors.matches_of_team(entry.team_id, 1000)
        for side in (card.a, card.b)
        if side.team_id == entry.team_id
    }
    assert names == {"Team EnVyUs", "Team Envy"}


def test_pools_are_pools_where_the_published_letters_only_number_the_series(tournaments):
    tables = selectors.group_tables(tournaments["2018-06-17-anaheim"].pk)
    assert [(table.name, len(table.rows), {row.played for row in table.rows}) for table in tables] == [
        (f"Group {letter}", 5, {4}) for letter in "ABCD"
    ]


def test_the_published_prizes_are_paid(tournaments):
    """Without a worker, too: the command delivers and pays before it ends."""
    for row in season.rows("official_results.csv"):
        if row["prize_usd"]:
            team = season.one_name(row["event"], row["team"])
            entries = tournaments[row["event"]].entries.filter(
                placement_from=row["place_from"], placement_to=row["place_to"]
            )
            [entry] = [entry for entry in entries if team in (entry.name, entry.team.name)]
            claims = PrizeClaim.objects.filter(participant__entry=entry, payment__isnull=False)
            assert sum(claims.values_list("amount", flat=True)) == 100 * int(row["prize_usd"])
    pools = Prize.objects.values("tournament__external_id").annotate(pool=Sum("amount"))
    assert dict(pools.values_list("tournament__external_id", "pool")) == {
        "2017-08-13-champs": 126_000_000,
        "2018-08-19-champs": 112_000_000,
    }
    profiles = UserProfile.objects.aggregate(held=Sum("deltacoin_balance"), won=Sum("lifetime_earnings"))
    rewards = Posting.objects.filter(transaction__kind=Kind.REWARD, account__book=Book.WALLET)
    rewarded = rewards.aggregate(sum=Sum("amount"))["sum"]
    assert rewarded > 0
    assert profiles == {"held": 238_000_000 + rewarded, "won": 238_000_000}
    earned = UserActivity.objects.filter(event_type="PRIZE_EARNED", is_public=True)
    assert earned.count() == PrizeClaim.objects.count()
    assert {activity.occurred_at.year for activity in earned} == {2017, 2018}


def test_a_second_run_adds_nothing():
    before = [model.objects.count() for model in (Tournament, Match, MatchParticipant, EventLog, SourceName)]
    summary = replay()
    after = [model.objects.count() for model in (Tournament, Match, MatchParticipant, EventLog, SourceName)]
    assert after == before
    assert summary["series_already_there"] == 822


def test_achievements_unlocked_live_are_those_of_a_backfill_from_nothing():
    live = kept_achievements()
    champions = UserProfileStats.objects.filter(tournaments_won__gt=0).count()
    assert len([row for row in live if row[1] == "FIRST_TOURNAMENT_WIN"]) == champions > 0
    events = EventLog.objects.count()
    UserAchievement.objects.all().delete()
    stats.empty()
    for page in batched(said_again(stats.KINDS), 500):
        stats.count(page)
    assert kept_achievements() == live
    assert EventLog.objects.count() == events, "a backfill is silent"


def said_again(types):
    """Yield the events of these types as a replay delivers them."""
    upto = EventStream.objects.count()
    entries = stream.page(
        name="", types=types, after=0, upto=upto, parked=False, limit=upto, replay_until=upto
    )
    return (entry.decode() for entry in entries)


def kept_achievements():
    fields = ("user_id", "code", "unlocked_at", "revoked_at", "reason", "is_decided")
    counted = [one.code for one in ACHIEVEMENTS if one.measure in stats.COUNTERS]
    held = UserAchievement.objects.filter(code__in=counted).order_by("user_id", "code")
    return list(held.values_list(*fields))
