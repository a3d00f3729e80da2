"""Names that games tell: the passport follows, by the id that the game's provider knows its player by."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import TestCase
from django.utils import timezone

from apps.events import occurring_at
from apps.events.announced import SilentChange
from apps.events.testing import emitted
from apps.games.models import Game
from apps.tournaments.signals import tournament_registered
from apps.user_profile import selectors
from apps.user_profile.models import GameProfile, PassportAlias, User
from apps.user_profile.models.passport import IdentityLocked
from apps.user_profile.services import deletion, exports, passports
from apps.user_profile.services import passport_confirmations as confirmations
from apps.user_profile.services.passport_confirmations import NameHeld, NothingToConfirm, Outcome
from apps.user_profile.testing import create_user
from tests.threads import other_threads, wait_until_somebody_waits_for_us

COD, VALORANT = 1, 2


def say(provider_id: str, name: str, slug: str = "valorant") -> Outcome:
    """Let a game say who is called so."""
    games = {game.slug: game for game in Game.objects.all()}
    return confirmations.confirm(confirmations.told(games, slug, provider_id, name))


def names() -> dict[str, tuple[str, str | None]]:
    """Return every passport: its player, its name and its id."""
    rows = GameProfile.objects.order_by("pk").values_list("user__username", "ign", "provider_id")
    return {username: (ign, provider_id) for username, ign, provider_id in rows}


class Confirmed(TestCase):
    ada: User
    bela: User

    @classmethod
    def setUpTestData(cls) -> None:
        """Give Ada a passport that the game has confirmed, and Bela one that it has not."""
        cls.ada, cls.bela = create_user("ada"), create_user("bela")
        with occurring_at(timezone.now() - timedelta(days=90)):
            passports.add(user_id=cls.ada.pk, game_id=VALORANT, ign="Ada One#EUW")
            passports.add(user_id=cls.bela.pk, game_id=VALORANT, ign="Bela#EUW")
            assert say("puuid-a", "ada one#EUW") is Outcome.CONFIRMED

    def test_first_the_name_then_the_id(self) -> None:
        assert names() == {"ada": ("ada one#EUW", "puuid-a"), "bela": ("Bela#EUW", None)}
        with emitted() as events:
            assert say("puuid-a", "ada one#EUW") is Outcome.UNCHANGED
            assert say("puuid-x", "Nobody#EUW") is Outcome.NOBODY
            assert say("puuid-b", "Bela#EUW") is Outcome.CONFIRMED
        assert events == []
        assert names()["bela"] == ("Bela#EUW", "puuid-b")

    def test_the_passport_follows_whatever_holds_it(self) -> None:
        passports.update(user_id=self.ada.pk, game_id=VALORANT, ign="ADA ONE#euw")
        passports.update(user_id=self.bela.pk, game_id=VALORANT, ign="Bela II#EUW")
        say("puuid-b", "Bela II#EUW")
        tournament_registered.send(None, user_id=self.ada.pk, tournament_id=7, game_id=VALORANT)
        told = {"game_id": VALORANT, "changed_fields": ["ign"]}
        with emitted() as events:
            assert say("puuid-a", "Ada Two#EUW") is Outcome.FOLLOWED
            assert say("puuid-b", "Bela III#EUW") is Outcome.FOLLOWED
        assert events == [
            ("game_passport_updated", {"user_id": user.pk, **told}) for user in (self.ada, self.bela)
        ]
        passport = GameProfile.objects.get(user=self.ada)
        assert passport.identity_locked_until is None
        latest = selectors.aliases_of(self.ada.pk, VALORANT)[0]
        assert (latest.ign, latest.until) == ("ADA ONE#euw", passport.identity_since)
        # What the player did himself stays locked for him.
        with pytest.raises(IdentityLocked):
            passports.update(user_id=self.bela.pk, game_id=VALORANT, ign="Bela IV#EUW")

    def test_another_identity_is_to_be_confirmed_again(self) -> None:
        passports.update(user_id=self.ada.pk, game_id=VALORANT, ign="ADA one#EUW")
        assert names()["ada"][1] == "puuid-a"
        passports.update(user_id=self.ada.pk, game_id=VALORANT, ign="Ada Two#EUW")
        assert names()["ada"] == ("Ada Two#EUW", None)
        assert say("puuid-a", "Ada One#EUW") is Outcome.NOBODY
        assert say("puuid-a", "Ada Two#EUW") is Outcome.CONFIRMED

    def test_a_name_that_another_passport_holds(self) -> None:
        before = names()
        carl = create_user("carl")
        passports.add(user_id=carl.pk, game_id=VALORANT, ign="Carl#EUW")
        say("puuid-c", "Carl#EUW")
        before |= {"carl": ("Carl#EUW", "puuid-c")}
        for provider_id, name, why in (
            ("puuid-a", "BELA#euw", f"user {self.bela.pk}, which the game has not confirmed: ask"),
            ("puuid-a", "Carl#EUW", f"user {carl.pk}, whom the game knows by another id: confirm"),
            ("puuid-x", "Carl#EUW", "by another id"),
        ):
            with emitted() as events, pytest.raises(NameHeld, match=why):
                say(provider_id, name)
            assert events == []
        assert names() == before
        assert PassportAlias.objects.count() == 1

    def test_games_that_know_players_by_their_identity(self) -> None:
        stable = [game.slug for game in Game.objects.order_by("pk") if game.has_stable_identity]
        assert stable == ["cs2", "dota2", "mlbb", "pubgm", "freefire", "codm", "efootball"]
        with pytest.raises(NothingToConfirm, match="there is nothing to confirm"):
            say("76561198000000001", "76561198000000001", "cs2")

    def test_no_rubbish_is_stored(self) -> None:
        for slug, provider_id, name, why in (
            ("chess", "p", "Ada", "no game 'chess'"),
            ("val\0", "p", "Ada", "no game"),
            ("valorant", "", "Ada One#EUW", "1 to 128"),
            ("valorant", "a b", "Ada One#EUW", "1 to 128"),
            ("valorant", "ä", "Ada One#EUW", "1 to 128"),
            ("valorant", "p\n", "Ada One#EUW", "1 to 128"),
            ("valorant", "x" * 129, "Ada One#EUW", "1 to 128"),
            ("valorant", "p", "no tag", "Riot ID"),
            ("valorant", "p", "", "cannot be blank"),
            ("valorant", "p", "A\0da#EUW", "invisible"),
            ("valorant", "p", "A\u202eda#EUW", "invisible"),
            ("valorant", "p", "x" * 1_000_000, "at most"),
        ):
            with pytest.raises(ValidationError, match=why):
                say(provider_id, name, slug)

    def test_the_id_is_nobody_s_to_change(self) -> None:
        with pytest.raises(SilentChange):
            GameProfile.objects.update(provider_id="other")
        with pytest.raises(TypeError):
            passports.update(user_id=self.ada.pk, game_id=VALORANT, provider_id="other")  # type: ignore[call-arg]

    def test_it_is_in_the_download_and_goes_with_the_account(self) -> None:
        rows = dict(exports.sections(self.ada.pk))["user_profile-gameprofile"]
        assert [row["provider_id"] for row in rows] == ["puuid-a"]
        with occurring_at(timezone.now() - timedelta(days=20)):
            deletion.request(user_id=self.ada.pk)
        deletion.carry_out(user_id=self.ada.pk)
        assert "ada" not in names()
        assert not PassportAlias.objects.filter(user=self.ada).exists()
        assert say("puuid-a", "Ada One#EUW") is Outcome.NOBODY


class Files(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        """Give four players a confirmed name each."""
        for name in ("ada", "bela", "carl", "dora"):
            passports.add(user_id=create_user(name).pk, game_id=COD, ign=name)
            say(f"id-{name}", name, "call-of-duty")

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / "names.csv"

    def run_file(self, content: str | bytes, **options: Any) -> tuple[str, list[str]]:
        """Confirm a file; return what is said at the end, and the errors."""
        self.path.write_bytes(content.encode() if isinstance(content, str) else content)
        out, err = StringIO(), StringIO()
        try:
            call_command("confirm_passports", str(self.path), stdout=out, stderr=err, **options)
        except CommandError as error:
            return f"{out.getvalue()}{error}", err.getvalue().splitlines()
        return out.getvalue().strip(), err.getvalue().splitlines()

    def run_rows(self, *rows: str, **options: Any) -> tuple[str, list[str]]:
        """Confirm rows, each `player name` of Call of Duty."""
        lines = [f"call-of-duty,id-{row.replace(' ', ',')}" for row in rows]
        return self.run_file("\n".join(["game,provider_id,name", *lines]), **options)

    def called(self) -> str:
        return " ".join(GameProfile.objects.order_by("pk").values_list("ign", flat=True))

    def test_players_exchange_their_names(self) -> None:
        for rows, names_then in (
            (("ada bela", "bela ada"), "bela ada carl dora"),
            (("ada bela", "bela carl", "carl ada"), "bela carl ada dora"),
            # One moves on, the others move up.
            (("ada bela", "bela carl", "carl dora", "dora emil"), "bela carl dora emil"),
            # A stranger takes what is given up.
            (("eve carl", "carl zoe"), "ada bela zoe dora"),
            # What a later row says of the same player counts.
            (("ada bela", "bela ada", "ada new"), "new ada carl dora"),
        ):
            with self.subTest(rows=rows), transaction.atomic():
                said, errors = self.run_rows(*rows)
                assert (errors, self.called()) == ([], names_then), said
                said, errors = self.run_rows(*reversed(rows)) if len(rows) < 4 else ("", [])
                assert not errors
                transaction.set_rollback(True)

    def test_an_exchange_is_told_and_dated_once(self) -> None:
        with emitted() as events:
            assert self.run_rows("ada bela", "bela ada") == ("2 names followed", [])
        assert [name for name, _ in events] == ["game_passport_updated"] * 2
        assert sorted(PassportAlias.objects.values_list("ign", flat=True)) == ["ada", "bela"]
        assert self.run_rows("ada bela", "bela ada") == ("2 as before", [])

    def test_who_wants_a_name_that_is_kept_gets_nothing(self) -> None:
        said, errors = self.run_rows("ada bela", "carl ada", "dora dora")
        assert [error.split(":")[0] for error in errors] == ["row 2", "row 3"]
        assert "2 of 3 rows were refused" in said
        # Two want one name: who exchanges it gets it.
        said, errors = self.run_rows("carl ada", "ada bela", "bela ada")
        assert [error.split(":")[0] for error in errors] == ["row 2"]
        assert self.called() == "bela ada carl dora"

    def test_a_dry_run_says_the_same_and_stores_nothing(self) -> None:
        with emitted() as events:
            said, errors = self.run_rows("ada bela", "bela ada", "carl zoe", "dora carl", dry_run=True)
        assert (said, errors) == ("4 names followed; nothing of it is stored", [])
        assert self.called() == "ada bela carl dora"
        assert events == []
        assert not PassportAlias.objects.exists()

    def test_bad_rows_are_named_and_the_others_taken(self) -> None:
        said, errors = self.run_file(
            b"\xef\xbb\xbfname,game,provider_id\n"
            b"ann,call-of-duty,id-ada\n"
            b"x,call-of-duty\n"
            b"\n"
            b"\xff\xfe,call-of-duty,id-bela\n"
            b"x,chess,id-bela\n"
            b"x,cs2,id-bela\n"
            + b"x" * 200_000 + b",call-of-duty,id-bela\n"
            b"cora,call-of-duty,id-carl\n"
            b'"open,call-of-duty,id-dora\nx,call-of-duty,id-dora\n'
        )  # fmt: skip
        assert [error.split(":")[0] for error in errors] == [f"row {n}" for n in (3, 5, 6, 7, 8, 10)]
        assert said.startswith("2 names followed")
        assert said.endswith("6 of 8 rows were refused")
        assert self.called() == "ann bela cora dora"

    def test_lines_of_json(self) -> None:
        self.path = self.path.with_suffix(".ndjson")
        good = {"game": "call-of-duty", "provider_id": "id-ada", "name": "ann"}
        rows: list[Any] = [
            good, {**good, "extra": 1}, {**good, "name": 7}, [], None,
            {**good, "name": "\ud800"}, {**good, "provider_id": "id-bela", "name": "bo"},
        ]  # fmt: skip
        text = "\n".join([*map(json.dumps, rows), "{", "[" * 100_000, ""])
        said, errors = self.run_file(text)
        assert [error.split(":")[0] for error in errors] == [f"row {n}" for n in (2, 3, 4, 5, 6, 8, 9)]
        assert said.startswith("2 names followed")
        assert self.called() == "ann bo carl dora"

    def test_what_is_no_file_of_names(self) -> None:
        for content in ("", "a,b\n", "game,provider_id\n", "\0", "game,name,name\n", b"\xff"):
            assert "the first row is not game,provider_id,name" in self.run_file(content)[0]
        assert self.run_file("game,provider_id,name\n") == ("nothing to confirm", [])
        self.path = self.path.with_suffix(".txt")
        assert "name the format with --format" in self.run_file("")[0]
        assert self.run_file("game,provider_id,name\n", format="csv")[0] == "nothing to confirm"
        with pytest.raises(CommandError, match="cannot be read: No such file"):
            call_command("confirm_passports", str(self.path.with_name("none.csv")))


@pytest.mark.django_db(transaction=True)
def test_a_rename_at_the_same_time() -> None:
    ada, bela = create_user("ada"), create_user("bela")
    passports.add(user_id=ada.pk, game_id=COD, ign="ada")
    say("id-ada", "ada", "call-of-duty")
    passports.add(user_id=bela.pk, game_id=COD, ign="bela")
    with other_threads(2) as start:
        # The player changes it, the game says another name meanwhile: it is another identity now.
        with transaction.atomic():
            passports.update(user_id=ada.pk, game_id=COD, ign="other")
            late = start(say, provider_id="id-ada", name="ann", slug="call-of-duty")
            wait_until_somebody_waits_for_us()
        assert late.result() is Outcome.NOBODY
        say("id-ada", "other", "call-of-duty")
        # Another player takes the name that the game is just saying.
        with transaction.atomic():
            passports.update(user_id=bela.pk, game_id=COD, ign="ann")
            late = start(say, provider_id="id-ada", name="ann", slug="call-of-duty")
            wait_until_somebody_waits_for_us()
        with pytest.raises(NameHeld, match=f"user {bela.pk}"):
            late.result()
    assert names() == {"ada": ("other", "id-ada"), "bela": ("ann", None)}
