"""A cup in phases for the pages' tests: groups of players who entered alone, then a bracket in play."""

from apps.tournaments.models import Match, MatchStatus, Tournament
from apps.tournaments.services import phases, registration, results, tournaments
from apps.user_profile.services import accounts, passports
from apps.web.tests.season import GAME_ID, PASSWORD

NAMES = ("Aki", "Bo", "Cai", "Dee", "Eli", "Flo", "Gil", "Huy")


def cup_in_phases(*, prefix: str = "Solo", players: tuple[str, ...] = NAMES) -> Tournament:
    """Play two groups to their end and one semi-final of what follows."""
    tournament = tournaments.create(name=f"{prefix} Cup", game_id=GAME_ID)
    for name in players:
        user = accounts.sign_up(username=f"{prefix}-{name}", display_name=name, password=PASSWORD)
        passports.add(user_id=user.pk, game_id=GAME_ID, ign=f"{prefix}-{name}")
        registration.register_player(tournament_id=tournament.pk, user_id=user.pk)
    groups = phases.add(
        tournament_id=tournament.pk, format="ROUND_ROBIN", settings={"groups": 2}, advancing=2, name="Groups"
    )
    bracket = phases.add(
        tournament_id=tournament.pk,
        format="SINGLE_ELIMINATION",
        settings={"third_place": True, "best_of": 3},
        seeding="SNAKE",
        name="Play-off",
    )
    tournaments.start(tournament_id=tournament.pk)
    phases.start(phase_id=groups.pk)
    for match in ready(groups.pk):
        results.play(match_id=match.pk, score_a=1, score_b=0)
    phases.start(phase_id=bracket.pk)
    results.play(match_id=ready(bracket.pk)[0].pk, score_a=2, score_b=1)
    return tournament


def ready(phase_id: int) -> list[Match]:
    """Return the matches that can be played."""
    return list(Match.objects.filter(phase=phase_id, status=MatchStatus.READY).order_by("round", "number"))
