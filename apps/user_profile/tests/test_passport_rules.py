"""Passports: one player's alone, dated, locked, cooled down, held by tournaments, arranged, and hidden."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import TestCase
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyCase

from apps.events import erasure, occurring_at
from apps.events.announced import SilentChange
from apps.events.testing import emitted
from apps.tournaments.signals import tournament_completed, tournament_registered
from apps.user_profile import selectors
from apps.user_profile.models import GameProfile, PassportAlias, PassportHold, User
from apps.user_profile.models.passport import CoolingDown, IdentityLocked, IdentityTaken, PassportInUse
from apps.user_profile.selectors.privacy import ANONYMOUS, Viewer, seen_by
from apps.user_profile.services import passports
from apps.user_profile.testing import create_user
from tests.threads import other_threads, wait_until_somebody_waits_for_us

COD, VALORANT, MLBB = 1, 2, 5
GAME_IDS = range(1, 13)


class Rules(TestCase):
    ada: User
    bela: User

    @classmethod
    def setUpTestData(cls) -> None:
        """Let Ada have a passport."""
        cls.ada, cls.bela = create_user("ada"), create_user("bela")
        passports.add(user_id=cls.ada.pk, game_id=VALORANT, ign="Ada One#EUW")

    def change(self, ign: str) -> GameProfile:
        return passports.update(user_id=self.ada.pk, game_id=VALORANT, ign=ign)

    def test_an_identity_is_one_player_s_on_every_path(self) -> None:
        for ign in ("ada one#euw", "AdaOne#EUW", "Аda Оne#EUW"):  # noqa: RUF001
            mine = {"user": self.bela, "game_id": VALORANT, "ign": ign}
            for path in (
                lambda mine=mine: GameProfile.objects.create(**mine),
                lambda mine=mine: GameProfile(**mine).save(),
                lambda mine=mine: GameProfile.objects.bulk_create([GameProfile(**mine)]),
                lambda ign=ign: passports.add(user_id=self.bela.pk, game_id=VALORANT, ign=ign),
            ):
                with emitted() as events, pytest.raises(ValidationError, match="already"):
                    path()
                assert events == []
        # In another game it is free.
        assert passports.add(user_id=self.bela.pk, game_id=COD, ign="Ada One#EUW")
        own = passports.add(user_id=self.bela.pk, game_id=VALORANT, ign="Other#EUW")
        own.ign = "ada one#euw"
        with pytest.raises(IdentityTaken):
            own.save()

    def test_nothing_is_changed_in_silence(self) -> None:
        for column in ("ign", "identity_key", "visibility", "is_lft", "is_pinned"):
            with pytest.raises(SilentChange):
                GameProfile.objects.update(**{column: "x"})

    def test_a_change_is_dated_kept_and_locked(self) -> None:
        with occurring_at(timezone.now() - timedelta(days=31)):
            self.change("Ada Two#EUW")
        self.change("Ada Three#EUW")
        assert [alias.ign for alias in selectors.aliases_of(self.ada.pk, VALORANT)] == [
            "Ada Two#EUW", "Ada One#EUW"
        ]  # fmt: skip
        with emitted() as events, pytest.raises(IdentityLocked, match="You can change it again from"):
            self.change("Ada Four#EUW")
        assert events == []
        # What is the same identity, and what is none, is free.
        self.change("ADA three#EUW")
        passports.update(user_id=self.ada.pk, game_id=VALORANT, current_rank="Radiant")
        assert GameProfile.objects.get(user=self.ada).ign == "ADA three#EUW"

    def test_a_save_of_the_name_alone_keeps_the_key(self) -> None:
        passport = GameProfile.objects.get(user=self.ada)
        passport.ign = "Ada Two#EUW"
        passport.save(update_fields=["ign"])
        assert GameProfile.objects.values_list("identity_key", flat=True).get() == "adatwo#euw"
        assert passports.add(user_id=self.bela.pk, game_id=VALORANT, ign="Ada One#EUW")

    def test_a_deleted_one_cannot_be_added_again_at_once(self) -> None:
        with occurring_at(timezone.now() - timedelta(days=89)):
            passports.delete(user_id=self.ada.pk, game_id=VALORANT)
        for path in (passports.add, lambda **given: GameProfile.objects.create(**given)):
            with pytest.raises(CoolingDown, match="You can add a new one from"):
                path(user_id=self.ada.pk, game_id=VALORANT, ign="Ada New#EUW")
        with occurring_at(timezone.now() + timedelta(days=2)):
            assert passports.add(user_id=self.ada.pk, game_id=VALORANT, ign="Ada New#EUW")

    def test_a_tournament_holds_it_until_it_is_over(self) -> None:
        for tournament_id in (7, 8):
            tournament_registered.send(
                None, user_id=self.ada.pk, tournament_id=tournament_id, game_id=VALORANT
            )
        for delete in (
            lambda: passports.delete(user_id=self.ada.pk, game_id=VALORANT),
            lambda: GameProfile.objects.filter(user=self.ada).delete(),
        ):
            with pytest.raises(PassportInUse), transaction.atomic():
                delete()
        with pytest.raises(PassportInUse):
            self.change("Ada Two#EUW")
        passports.update(user_id=self.ada.pk, game_id=VALORANT, is_lft=True)
        tournament_completed.send(None, user_id=self.ada.pk, tournament_id=7)
        with pytest.raises(PassportInUse):
            self.change("Ada Two#EUW")
        tournament_completed.send(None, user_id=self.ada.pk, tournament_id=8)
        assert not PassportHold.objects.exists()
        self.change("Ada Two#EUW")

    def test_who_sees_which(self) -> None:
        seen = {
            "nobody": ANONYMOUS,
            "bela": Viewer(self.bela.pk),
            "staff": Viewer(self.bela.pk, is_staff=True),
            "ada": Viewer(self.ada.pk),
        }
        expected = {"public": 4, "signed_in": 3, "private": 1}
        for visibility, count in expected.items():
            passports.update(user_id=self.ada.pk, game_id=VALORANT, visibility=visibility)
            shown = [
                name
                for name, viewer in seen.items()
                if selectors.passports_shown(seen_by(viewer, [self.ada.pk])[self.ada.pk])
            ]
            assert shown == list(seen)[-count:], visibility
            told = [
                name
                for name, viewer in seen.items()
                if any(
                    line.event_type == "GAME_PASSPORT_ADDED"
                    for line in selectors.activity_of(seen_by(viewer, [self.ada.pk])[self.ada.pk])
                )
            ]
            assert told == shown
        with pytest.raises(ValidationError, match="visibility"):
            passports.update(user_id=self.ada.pk, game_id=VALORANT, visibility="friends")

    def test_order_and_pins(self) -> None:
        for game_id, ign in ((COD, "Ada"), (MLBB, "12345678(1234)"), (8, "6123456789")):
            passports.add(user_id=self.ada.pk, game_id=game_id, ign=ign)

        def order() -> list[int]:
            return [passport.game_id for passport in selectors.passports_of(self.ada.pk)]

        assert order() == [VALORANT, COD, MLBB, 8]
        passports.move(user_id=self.ada.pk, game_id=8, steps=-1)
        passports.move(user_id=self.ada.pk, game_id=VALORANT, steps=-1)
        assert order() == [VALORANT, COD, 8, MLBB]
        for game_id in (MLBB, 8, COD):
            passports.update(user_id=self.ada.pk, game_id=game_id, is_pinned=True)
        assert order() == [COD, 8, MLBB, VALORANT]
        with pytest.raises(passports.TooManyPinned, match="Unpin one first"):
            passports.update(user_id=self.ada.pk, game_id=VALORANT, is_pinned=True)

    def test_names_of_who_is_forgotten_go(self) -> None:
        self.change("Ada Two#EUW")
        erasure.erase(self.ada.pk, by="test")
        assert not PassportAlias.objects.exists()


class AnyText(PropertyCase):
    @settings(max_examples=60, deadline=None)
    @given(
        ign=st.text(max_size=80) | st.text("аАoο\u200b\u202e\u0301 #x0", max_size=20),  # noqa: RUF001
        game_id=st.sampled_from(GAME_IDS),
    )
    def test_it_is_stored_readable_or_refused(self, ign: str, game_id: int) -> None:
        user = create_user()
        try:
            passport = passports.add(user_id=user.pk, game_id=game_id, ign=ign)
        except ValidationError:
            assert not GameProfile.objects.exists()
            return
        assert passport.game.accepts_identity(passport.ign)
        assert not set(passport.ign) & set("\0\u200b\u202e")
        with pytest.raises(ValidationError):
            passports.add(user_id=create_user().pk, game_id=game_id, ign=f" {ign} ")


@pytest.mark.django_db(transaction=True)
def test_two_players_take_one_identity_at_once() -> None:
    ada, bela = create_user(), create_user()
    with other_threads() as start, emitted() as events:
        with transaction.atomic():
            passports.add(user_id=ada.pk, game_id=COD, ign="One")
            late = start(passports.add, user_id=bela.pk, game_id=COD, ign="ONE")
            wait_until_somebody_waits_for_us()
        with pytest.raises(IdentityTaken):
            late.result()
    assert events == [("game_passport_added", {"user_id": ada.pk, "game_id": COD, "ign": "One"})]


@pytest.mark.django_db(transaction=True)
def test_two_edits_at_once_come_one_after_the_other() -> None:
    user = create_user()
    passports.add(user_id=user.pk, game_id=COD, ign="One")
    same: dict[str, Any] = {"user_id": user.pk, "game_id": COD}
    with other_threads() as start:
        with transaction.atomic():
            passports.update(**same, ign="Two", role="Flex")
            late = start(passports.update, **same, ign="Three", role="Slayer")
            wait_until_somebody_waits_for_us()
        with pytest.raises(IdentityLocked):
            late.result()
    assert GameProfile.objects.values_list("ign", "role").get() == ("Two", "Flex")
