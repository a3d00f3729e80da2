"""The page of one's wallet."""

import csv
import re
from datetime import UTC, datetime
from io import StringIO

from django.test import TestCase

from apps.economy import selectors
from apps.economy.services import wallets
from apps.events import occurring_at
from apps.user_profile.models import User
from apps.user_profile.services import profiles
from apps.user_profile.testing import create_user
from apps.web.tests.pages import at_most, html_of, text_of

PAGE, CSV = "/wallet/", "/wallet/statement.csv"
QUERIES_MAX = 10  # session, user, card, unread, count, lines, others, cards, balance, debt


class Wallet(TestCase):
    ada: User
    bela: User

    @classmethod
    def setUpTestData(cls) -> None:
        """Give Ada some coins, and let her send a few."""
        cls.ada, cls.bela = create_user("Ada"), create_user("Bela", display_name="Bela B")
        with occurring_at(datetime(2026, 3, 1, 12, tzinfo=UTC)):
            wallets.deposit(user_id=cls.ada.pk, amount=1500, key="first", description="=1+1")
        with occurring_at(datetime(2026, 4, 1, 12, tzinfo=UTC)):
            wallets.transfer(from_id=cls.ada.pk, to_id=cls.bela.pk, amount=400, key="rent")

    def setUp(self) -> None:
        """Sign Ada in."""
        self.client.force_login(self.ada)

    def send(self, **data: object) -> str:
        """Send the form; return the words of the answer."""
        answer = self.client.post(PAGE, {"to": "bela", "amount": 100, "key": "k", **data}, follow=True)
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))

    def test_what_is_shown(self) -> None:
        page = text_of(self.client, PAGE)
        assert "1,100 DC" in page
        assert re.search(r"1 Apr 2026, 12:00 To Bela B Transfer -400 1,100 .* Deposit \+1,500 1,500", page)
        profiles.rename(user_id=self.bela.pk, display_name="Bela the Brave")
        assert "To Bela the Brave" in text_of(self.client, PAGE)

    def test_nobody_else_sees_it(self) -> None:
        self.client.logout()
        for path in (PAGE, CSV):
            assert self.client.get(path).headers["Location"] == f"/accounts/login/?next={path}"
        self.client.force_login(self.bela)
        page = text_of(self.client, PAGE)
        assert "400 DC" in page
        assert "1,500" not in page
        assert "no-store" in self.client.get(PAGE).headers["Cache-Control"]

    def test_filters(self) -> None:
        assert "Deposit" not in text_of(self.client, f"{PAGE}?kind=TRANSFER").partition("Balance")[2]
        assert "Transfer" not in text_of(self.client, f"{PAGE}?until=2026-03-31").partition("Balance")[2]
        assert "Nothing matches" in text_of(self.client, f"{PAGE}?since=2026-05-01")
        for nonsense in ("?kind=%00", "?since=x", "?kind=NONE&until=99999-01-01", "?page=-1"):
            assert "Bela B" in text_of(self.client, PAGE + nonsense)

    def test_pages_keep_the_filters(self) -> None:
        for number in range(30):
            wallets.deposit(user_id=self.ada.pk, amount=1, key=str(number))
        assert 'href="?kind=DEPOSIT&amp;page=2"' in html_of(self.client, f"{PAGE}?kind=DEPOSIT")
        with at_most(QUERIES_MAX, PAGE):
            self.client.get(f"{PAGE}?page=2")

    def test_csv(self) -> None:
        answer = self.client.get(CSV)
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        head, *rows = csv.reader(StringIO(answer.content.decode()))
        assert head == ["date", "kind", "description", "player", "amount", "balance", "transaction"]
        assert [row[:6] for row in rows] == [
            ["2026-04-01T12:00:00+00:00", "TRANSFER", "Transfer", "Bela", "-400", "1100"],
            ["2026-03-01T12:00:00+00:00", "DEPOSIT", "'=1+1", "", "1500", "1500"],
        ]
        assert len(self.client.get(f"{CSV}?kind=DEPOSIT").content.splitlines()) == 2

    def test_sending_twice_sends_once(self) -> None:
        for _ in range(2):
            assert "You sent 100 DC to Bela B." in self.send()
        assert selectors.balance_of(self.bela.pk) == 500

    def test_what_is_refused_says_why(self) -> None:
        refused = {
            "There is no such player": {"to": "nobody"},
            "cannot send coins to yourself": {"to": "@ADA"},
            "9 DC short": {"amount": 1109},
            "greater than or equal to 1": {"amount": -5},
            "less than or equal to": {"amount": 10**30},
            "Enter a whole number": {"amount": "1.5"},
            "Null characters": {"to": "a\0"},
            "sent before, with other values": {"key": "rent"},
            "Give an idempotency key": {"key": "x" * 101},
        }
        for words, data in refused.items():
            with self.subTest(words):
                page = self.send(**data)
                assert words in page
        assert selectors.balance_of(self.ada.pk) == 1100

    def test_before_the_first_coin(self) -> None:
        self.client.force_login(create_user("Newcomer"))
        page = text_of(self.client, PAGE)
        assert "0 DC" in page
        assert "No coins yet" in page
        with at_most(QUERIES_MAX, PAGE):
            self.client.get(PAGE)
