"""The page of the shop, and what of it a profile shows."""

import re

from django.test import TestCase

from apps.economy.models import ItemType, ShopItem
from apps.economy.services import shop, wallets
from apps.user_profile.models import InventoryItem
from apps.user_profile.services import inventory
from apps.user_profile.services.privacy import update
from apps.user_profile.testing import create_user
from apps.web.tests.pages import at_most, html_of, text_of
from apps.web.tests.test_pages import PROFILE_QUERIES_MAX

PAGE = "/shop/"
QUERIES_MAX = 8  # session, user, card, items, inventory, names, balance, notifications


class Shop(TestCase):
    def setUp(self) -> None:
        self.ada = create_user("Ada")
        wallets.deposit(user_id=self.ada.pk, amount=100, key="first")
        self.star = ShopItem.objects.create(slug="star", name="Star", item_type=ItemType.BADGE, price=40)
        self.client.force_login(self.ada)

    def buy(self, **data: object) -> str:
        """Press the button; return the words of the answer."""
        form = {"item_id": self.star.pk, "price": 40, "key": "k", **data}
        return self.client.post("/shop/purchases/", form, follow=True).content.decode()

    def test_buying_twice_buys_once(self) -> None:
        for _ in range(2):
            assert "Star is yours." in self.buy()
        assert "You hold 60 DC" in text_of(self.client, PAGE)
        with at_most(QUERIES_MAX, PAGE):
            self.client.get(PAGE)

    def test_what_is_refused_says_why(self) -> None:
        for words, data in {
            "no item of the shop": {"item_id": "x"},
            "not for sale": {"item_id": 10**15},
            "price has changed": {"price": 1},
            "Give an idempotency key": {"key": "x" * 101},
        }.items():
            with self.subTest(words):
                assert words in self.buy(**data)

    def test_what_is_shown_stands_on_the_profile_for_whom_privacy_lets(self) -> None:
        shop.buy(user_id=self.ada.pk, item_id=self.star.pk, price=40, key="k")
        owned = InventoryItem.objects.get()
        address = f"/shop/items/{owned.pk}/showing/"
        assert "Star" not in text_of(self.client, "/@Ada/")
        self.client.post(address, {"shown": "on"})
        self.client.logout()
        assert "Star" in text_of(self.client, "/@Ada/")
        update(user_id=self.ada.pk, inventory_visibility="PRIVATE")
        assert "Star" not in text_of(self.client, "/@Ada/")
        self.client.force_login(self.ada)
        assert "Star" in text_of(self.client, "/@Ada/")
        self.client.post(address)
        assert "Star" not in text_of(self.client, "/@Ada/")

    def test_a_profile_wears_frame_and_banner_and_says_its_level(self) -> None:
        for slug, item_type in (("ring", ItemType.AVATAR_FRAME), ("dawn", ItemType.BANNER)):
            item = ShopItem.objects.create(slug=slug, name=slug.title(), item_type=item_type, price=10)
            shop.buy(user_id=self.ada.pk, item_id=item.pk, price=10, key=slug)
        for owned in InventoryItem.objects.all():
            inventory.show(user_id=self.ada.pk, inventory_id=owned.pk)
        self.client.logout()
        with at_most(PROFILE_QUERIES_MAX, "/@Ada/"):
            page = html_of(self.client, "/@Ada/")
        assert re.search(r'<header class="hero tint hero--banner tint-\d', page)
        assert re.search(r'<span class="frame tint-\d+"><img class="avatar"', page)
        assert "Level 1" in page
        update(user_id=self.ada.pk, show_level_xp=False, inventory_visibility="PRIVATE")
        page = html_of(self.client, "/@Ada/")
        assert not re.search(r"Level 1|hero--banner|class=\"frame", page)

    def test_nothing_for_sale_and_nobody_signed_in(self) -> None:
        self.client.logout()
        assert "Sign in to buy" in text_of(self.client, PAGE)
        assert self.client.post("/shop/purchases/").status_code == 302
        ShopItem.objects.update(is_active=False)
        assert "Nothing for sale" in text_of(self.client, PAGE)
