"""The tournaments' chapter: a cup of two teams, with a draw, a late substitute and wrong results."""

from datetime import UTC, datetime, timedelta
from typing import Any

from apps.events.context import occurring_at
from apps.teams.services import roster
from apps.tournaments.formats.results import Stage
from apps.tournaments.models import Match, moment
from apps.tournaments.services import (
    check_in,
    corrections,
    disputes,
    matches,
    phases,
    prizes,
    registration,
    reports,
    results,
    tournaments,
)
from apps.tournaments.services.matches import Line, Side, Slot


def tell(cast: Any) -> None:
    """Play a cup from the first registration to the last place; leave another open."""
    red, blue = cast.things["red"], cast.things["blue"]
    sides = {red.pk: cast.ids("ada", "bela"), blue.pk: cast.ids("carl", "dora", "emil")}
    cup = tournaments.create(name="Story Cup", game_id=cast.things["game"].pk)
    prizes.announce(tournament_id=cup.pk, amounts={1: 1000})
    prizes.announce(tournament_id=cup.pk, amounts={1: 1000, 2: 501})
    for team_id, players in sides.items():
        registration.register_team(tournament_id=cup.pk, team_id=team_id, player_ids=players)
    registration.register_player(tournament_id=cup.pk, user_id=cast.players["ivan"].pk)
    tournaments.start(tournament_id=cup.pk)
    registration.add_players(tournament_id=cup.pk, team_id=blue.pk, player_ids=cast.ids("fred"))
    played: list[int] = []
    for day, (score_a, score_b) in enumerate([(3, 1), (1, 2), (2, 2), (3, 0)], start=1):
        lines = [
            Line(user_id, team_id, kills=user_id % 7 + day, deaths=day, assists=team_id % 3 + 1)
            for team_id, players in sides.items()
            for user_id in players
        ]
        match = matches.record(
            tournament_id=cup.pk,
            a=Side(red.pk, score_a),
            b=Side(blue.pk, score_b),
            played_at=datetime(2026, 5, day, tzinfo=UTC),
            players=lines,
            slot=Slot(Stage.GRAND_FINAL if day == 4 else Stage.LEAGUE, round=day, number=1),
            external_id=f"story-{day}",
        )
        played.append(match.pk)
    tournaments.complete(tournament_id=cup.pk)
    cast.things["cup"] = cup
    correct(played)
    play_triangle(cast)
    later = tournaments.create(name="Another Cup", game_id=cast.things["game"].pk)
    registration.register_player(tournament_id=later.pk, user_id=cast.players["ada"].pk)
    gone = registration.register_player(tournament_id=later.pk, user_id=cast.players["bela"].pk)
    results.leave(entry_id=gone.pk)
    run_an_open_cup(cast)


def run_an_open_cup(cast: Any) -> None:
    """Let players do it themselves: a waiting list, check-in, reports of both sides, a dispute."""
    organiser, now = cast.players["ada"].pk, moment()
    cup = tournaments.create(name="Open Cup", game_id=cast.things["game"].pk, organiser_id=organiser)
    times = {"check_in_opens_at": now + timedelta(hours=1), "check_in_closes_at": now + timedelta(hours=2)}
    tournaments.configure(tournament_id=cup.pk, changes={"capacity": 5, **times})
    entries = [
        registration.register_player(tournament_id=cup.pk, user_id=user_id)
        for user_id in cast.ids("bela", "carl", "ivan", "dora", "emil", "fred")
    ]
    phase = phases.add(tournament_id=cup.pk, format="SINGLE_ELIMINATION", settings={"best_of": 3})
    with occurring_at(now + timedelta(hours=1)):
        check_in.advance_due()
        results.leave(entry_id=entries[0].pk)  # who is in line gets the place, and does not show up
        for entry in entries[1:-1]:
            check_in.check_in(entry_id=entry.pk)
    tournaments.start(tournament_id=cup.pk)
    phases.start(phase_id=phase.pk)
    agreed, disputed = Match.objects.filter(phase=phase, round=1).order_by("pk")
    results.begin(match_id=agreed.pk)
    report_both(agreed, (2, 0), (2, 0))
    report_both(disputed, (2, 0), (0, 2))
    dispute = disputed.disputes.get()
    disputes.decide(dispute_id=dispute.pk, by_id=organiser, decision="Seen the recording.", score=(2, 0))


def report_both(match: Match, by_a: tuple[int, int], by_b: tuple[int, int]) -> None:
    """Let both sides of a match say how it ended."""
    for entry, (score_a, score_b) in ((match.entry_a, by_a), (match.entry_b, by_b)):
        score = {"score_a": score_a, "score_b": score_b}
        reports.report(match_id=match.pk, entry_id=entry.pk, by_id=entry.user_id, **score)


def play_triangle(cast: Any) -> None:
    """Play a cup that has a third place."""
    red, blue = cast.things["red"], cast.things["blue"]
    green = roster.create_team(name="Story Green")
    ivan = cast.players["ivan"].pk
    roster.join(team_id=green.pk, user_id=ivan)
    cup = tournaments.create(name="Triangle Cup", game_id=cast.things["game"].pk)
    for team, players in ((red, cast.ids("ada")), (blue, cast.ids("carl")), (green, [ivan])):
        registration.register_team(tournament_id=cup.pk, team_id=team.pk, player_ids=players)
    tournaments.start(tournament_id=cup.pk)
    for number, (winner, loser) in enumerate([(red, blue), (blue, green), (red, green)], start=1):
        matches.record(
            tournament_id=cup.pk,
            a=Side(winner.pk, 3),
            b=Side(loser.pk, 0),
            played_at=datetime(2026, 5, 20, number, tzinfo=UTC),
            slot=Slot(Stage.LEAGUE, round=number, number=1),
        )
    tournaments.complete(tournament_id=cup.pk)


def correct(played: list[int]) -> None:
    """Find two results wrong, the final's among them, and one of the corrections, too."""
    first, *_, final = played
    wrong = corrections.correct(match_id=first, score_a=0, score_b=3, reason="Scores were swapped.")
    corrections.undo(correction_id=wrong.pk)
    corrections.correct(match_id=final, score_a=1, score_b=3, reason="Misread screenshot.")
