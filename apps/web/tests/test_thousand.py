"""The largest tournaments: a bracket of 1,024, played to its end, and a Swiss; every page of them."""

import pytest
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from apps.events.verify import verify
from apps.tournaments.models import Match, MatchStatus, Phase, TournamentEntry, TournamentParticipant
from apps.tournaments.services import phases, progress, registration, results, tournaments
from apps.user_profile.services import accounts, passports
from apps.web.tests.pages import at_most
from apps.web.tests.season import GAME_ID

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ENTRANTS = 1024
ROUNDS = 4
QUERIES_MAX = 9


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


def test_a_swiss_of_1024(client: Client) -> None:
    users = [accounts.sign_up(username=f"p{number}") for number in range(ENTRANTS)]
    cup = tournaments.create(name="Thousand", game_id=GAME_ID, organiser_id=users[0].pk)
    entries = [TournamentEntry(tournament=cup, user=user, name=user.username) for user in users]
    TournamentParticipant.objects.bulk_create(
        TournamentParticipant(tournament=cup, entry=entry, user_id=entry.user_id, game_ign=entry.name)
        for entry in TournamentEntry.objects.bulk_create(entries)
    )
    phase = phases.add(tournament_id=cup.pk, format="SWISS")
    tournaments.start(tournament_id=cup.pk)
    phases.start(phase_id=phase.pk)
    won = {"status": MatchStatus.COMPLETED, "outcome": "PLAYED", "winner": F("entry_a"), "score_a": 1}
    for _round in range(ROUNDS):
        Match.objects.filter(phase=phase, status=MatchStatus.READY).update(**won, played_at=timezone.now())
        with transaction.atomic():
            progress.settle(Phase.objects.get(pk=phase.pk))
    match = Match.objects.filter(entry_a__user=users[0]).order_by("-round")[0]
    look(client, match.pk)
    client.force_login(users[0])
    for path in ("desk/", "desk/?page=9", "registration/", f"matches/{match.pk}/room/"):
        with at_most(QUERIES_MAX, path):
            assert client.get(f"/tournaments/thousand/{path}").status_code == 200


def look(client: Client, match_id: int) -> None:
    """Ask for every page, and for what programs are told."""
    site = "/tournaments/thousand/"
    paths = [site, "/embed/tournaments/thousand/", f"/api/v1{site}", f"{site}registration/"]
    pages = ("matches/", "matches/?page=9", "standings/", f"matches/{match_id}/")
    sheets = ("export.json", "matches.csv", "standings.csv")
    paths += [f"{site}{path}" for path in pages + sheets]
    paths += [f"/api/v1{site}{path}" for path in ("matches/", "schedule/?limit=100", f"matches/{match_id}/")]
    for path in paths:
        with at_most(QUERIES_MAX, path):
            assert client.get(path).status_code == 200
