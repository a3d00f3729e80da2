"""A subscriber breaks, and following the screens mends it: on a phone, without JavaScript, nothing lost."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from apps.events.models import DeadLetter, Lane
from apps.events.testing import deliver_all
from apps.events.tests.conftest import Effects
from apps.events.tests.turns import ping
from apps.monitoring.services import operations
from apps.monitoring.testing import operator
from apps.web.testing import NARROW, OpenPage, browser, open_page, sideways

__all__ = ["browser", "open_page"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def work() -> None:
    """Do what the workers would."""
    operations.work_off()
    deliver_all()


def sign_in(page: Page, address: str) -> None:
    client = Client()
    operator(client)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])


def test_following_the_screens_mends_it(
    live_server: Any, open_page: OpenPage, broken: dict[str, Any], effects: Effects
) -> None:
    broken["on"] = {"b"}
    for user_id in (1, 2):
        ping("a", "b", "c", user_id=user_id)
    deliver_all()
    page = open_page(width=NARROW, javascript=False)
    sign_in(page, live_server.url)

    page.goto(f"{live_server.url}/ops/")
    page.get_by_role("navigation", name="Operations").get_by_role("link", name="Dead letters").click()
    assert not sideways(page)
    page.get_by_role("link", name="ValueError: cannot handle b").click()
    page.get_by_role("region", name="Table of letters").get_by_role("link").first.click()
    expect(page.get_by_text("raise ValueError")).to_be_visible()
    page.go_back()

    broken["on"] = set()  # the bug is mended, and the mended code is deployed
    page.get_by_label("Reason").fill("mended in 1.2.1")
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("heading", name="What it would do")).to_be_visible()
    expect(page.get_by_role("row", name="Together 2")).to_be_visible()
    assert DeadLetter.objects.filter(resolution="").count() == 2
    page.get_by_role("button", name="Do it").click()
    work()
    # The page asks again by itself.
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    assert not sideways(page)
    page.get_by_role("link", name="To the subscriber").click()
    expect(page.get_by_text("Delivers", exact=True)).to_be_visible()

    assert not Lane.objects.exists()
    for user_id in (1, 2):
        assert [text for heard, text in effects.all() if heard == user_id] == ["a", "b", "c"]
    page.close()
