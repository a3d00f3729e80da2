"""The admin shows everything and changes nothing that was announced."""

import pytest

from apps.tournaments.formats.results import Stage
from apps.tournaments.models import Dispute, Evidence, Match, Tournament, TournamentAction
from apps.user_profile.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    client.force_login(User.objects.create_superuser("keeper", password="x"))
    return client


@pytest.fixture
def match(make_field):
    return make_field("Ants", "Bees").play("Ants", "Bees", stage=Stage.UPPER, round=1)


@pytest.mark.parametrize("model", ["tournament", "match"])
def test_every_page_opens(staff, match, model):
    pk = match.pk if model == "match" else match.tournament_id
    for page in ("", f"{pk}/change/", f"{pk}/history/"):
        assert staff.get(f"/admin/tournaments/{model}/{page}").status_code == 200


@pytest.mark.parametrize("model", ["tournament", "match"])
def test_nothing_is_added_or_deleted(staff, match, model):
    pk = match.pk if model == "match" else match.tournament_id
    assert staff.get(f"/admin/tournaments/{model}/add/").status_code == 403
    assert staff.post(f"/admin/tournaments/{model}/{pk}/delete/", {"post": "yes"}).status_code == 403
    assert Match.objects.exists()
    assert Tournament.objects.exists()


def test_a_match_cannot_be_changed(staff, match):
    staff.post(f"/admin/tournaments/match/{match.pk}/change/", {"score_a": "0"})
    match.refresh_from_db()
    assert match.score_a == 3


def test_a_tournaments_texts_can_be_corrected_but_not_its_status(staff, match):
    tournament = match.tournament
    form = {
        "name": "Winter Cup",
        "title": "",
        "city": "Oslo",
        "status": "COMPLETED",
        "starts_at_0": "2026-06-01",
        "starts_at_1": "12:00:00",
        "ends_at_0": "",
        "ends_at_1": "",
        "entries-TOTAL_FORMS": "0",
        "entries-INITIAL_FORMS": "0",
    }
    assert staff.post(f"/admin/tournaments/tournament/{tournament.pk}/change/", form).status_code == 302
    tournament.refresh_from_db()
    assert (tournament.name, tournament.city, tournament.status) == ("Winter Cup", "Oslo", "LIVE")


def test_the_staff_finds_what_is_escalated_and_where_it_is_decided(admin_client, make_field, make_player):
    field = make_field("Splyce", "Unilad")
    match = field.play("Splyce", "Unilad")
    dispute = Dispute.objects.create(match=match, reason="OTHER", status="ESCALATED")
    Evidence.objects.create(dispute=dispute, by_id=make_player("Olga"), text="Look.")
    TournamentAction.objects.create(
        tournament=field.tournament, kind="STARTED", by_id=field.players["Splyce"][0]
    )
    listed = admin_client.get("/admin/tournaments/dispute/?status=ESCALATED").content.decode()
    assert field.tournament.name in listed
    page = admin_client.get(f"/admin/tournaments/dispute/{dispute.pk}/change/").content.decode()
    assert "Look." in page
    assert f"/tournaments/{field.tournament.slug}/matches/{match.pk}/room/" in page
    assert "STARTED" in admin_client.get("/admin/tournaments/tournamentaction/").content.decode()
    for name in ("dispute", "tournamentaction"):
        assert admin_client.get(f"/admin/tournaments/{name}/add/").status_code == 403
