"""The tournaments' chapter: a cup of two teams, with a draw, a late substitute and wrong results."""

from datetime import UTC, datetime
from typing import Any

from apps.teams.services import roster
from apps.tournaments.formats.results import Stage
from apps.tournaments.services import corrections, matches, prizes, registration, results, tournaments
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
