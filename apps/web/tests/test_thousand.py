"""The largest bracket: 1,024 players, drawn, played to its end through the services, and every page of it."""

import pytest
from django.test import Client

from apps.events.verify import verify
from apps.tournaments.models import Match, MatchStatus, TournamentEntry
from apps.tournaments.services import phases, registration, results, tournaments
from apps.user_profile.services import accounts, passports
from apps.web.tests.pages import at_most
from apps.web.tests.season import GAME_ID

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ENTRANTS = 1024
QUERIES_MAX = 10


def test_a_double_elimination_of_1024(client: Client) -> None:
    cup = tournaments.create(name="Thousand", game_id=GAME_ID)
    for number in range(ENTRANTS):
        user = accounts.sign_up(username=f"p{number}")
        passports.add(user_id=user.pk, game_id=GAME_ID, ign=f"p{number}_x")
        registration.register_player(tournament_id=cup.pk, user_id=user.pk)
    phase = phases.add(tournament_id=cup.pk, format="DOUBLE_ELIMINATION")
    tournaments.start(tournament_id=cup.pk)
    phases.start(phase_id=phase.pk)
    assert Match.objects.filter(phase=phase).count() == 2 * ENTRANTS - 2
    while ready := list(Match.objects.filter(phase=phase, status=MatchStatus.READY).order_by("pk")):
        for match in ready:
            first = (match.entry_a_id or 0) < (match.entry_b_id or 0)
            results.play(match_id=match.pk, score_a=int(first), score_b=int(not first))
        look(client, match.pk)
    tournaments.complete(tournament_id=cup.pk)
    look(client, match.pk)
    places = TournamentEntry.objects.order_by("pk").values_list("placement_from", flat=True)
    assert list(places[:8]) == [1, 2, 3, 4, 5, 5, 7, 7]
    assert all(places)
    assert [finding.name for finding in verify() if finding.drift] == []


def look(client: Client, match_id: int) -> None:
    """Ask for every page."""
    for path in ("", "matches/", "matches/?page=9", "standings/", f"matches/{match_id}/", "export.json"):
        with at_most(QUERIES_MAX, path):
            assert client.get(f"/tournaments/thousand/{path}").status_code == 200
    with at_most(QUERIES_MAX, "embed"):
        assert client.get("/embed/tournaments/thousand/").status_code == 200
