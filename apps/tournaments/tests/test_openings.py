"""Passports open tournaments to players, and close them again."""

import pytest

from apps.events.testing import deliver_all
from apps.notifications.models import Notification
from apps.tournaments.models import TournamentEntry
from apps.tournaments.services import registration, tournaments
from apps.user_profile.models import GameProfile
from apps.user_profile.services import passport_holds, passports

pytestmark = pytest.mark.django_db


def news(user_id: int) -> list[tuple[str, dict[str, object], str]]:
    deliver_all()
    rows = Notification.objects.filter(recipient_id=user_id, kind="tournament_open").order_by("pk")
    return [(row.text, row.values, row.url) for row in rows]


def test_who_adds_a_passport_hears_what_is_open(cup, make_player):
    user_id = make_player("Ann")
    said = ("You can enter {tournament} now", {"tournament": cup.name}, f"/tournaments/{cup.slug}/")
    assert news(user_id) == [said]
    tournaments.create(name="Winter Cup", game_id=1)
    begun = tournaments.create(name="Begun", game_id=1)
    tournaments.start(tournament_id=begun.pk)
    other = make_player("Bea")
    assert news(other) == [("You can enter {count} tournaments now", {"count": 2}, "/tournaments/")]


def test_of_other_games_nobody_hears(cup, make_player):
    user_id = make_player("Ann", passport=False)
    passports.add(user_id=user_id, game_id=2, ign="Ann#EUW")
    assert news(user_id) == []


def test_who_gives_his_passport_up_is_withdrawn_from_what_has_not_begun(cup, make_player):
    user_id = make_player("Ann")
    begun = tournaments.create(name="Begun", game_id=1)
    entries = [registration.register_player(tournament_id=one.pk, user_id=user_id).pk for one in (cup, begun)]
    tournaments.start(tournament_id=begun.pk)
    passport_holds.release_all(user_id)  # As when the account ends.
    GameProfile.objects.get(user_id=user_id).delete()
    deliver_all()
    found = TournamentEntry.objects.in_bulk(entries)
    assert [found[pk].left for pk in entries] == ["WITHDRAWN", ""]
