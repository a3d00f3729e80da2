"""The audit: everything that staff did or saw in one list, found by anything, and never rewritten."""

from uuid import uuid4

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import IntegrityError, transaction
from django.test import Client

from apps.economy.services import wallets
from apps.events import acts
from apps.monitoring.selectors.audit import PAGE as PER_PAGE
from apps.monitoring.testing import operator
from apps.user_profile.models import User
from apps.user_profile.services import accounts, privacy, staff_looks
from apps.web.tests.pages import at_most, html_of, text_of

pytestmark = pytest.mark.django_db

PAGE = "/ops/audit/"


@pytest.fixture
def ada() -> User:
    return accounts.sign_up(username="Ada")


@pytest.fixture
def busy(client: Client, ada: User) -> User:
    """An operator who has done one thing of each kind."""
    staff = operator(client)
    staff_looks.note(staff_id=staff.pk, user_id=ada.pk, part="email")
    privacy.update(user_id=ada.pk, show_email=True)
    wallets.adjust(user_id=ada.pk, amount=50, reason="a lost prize", staff_id=staff.pk, key=uuid4().hex)
    acts.record("pause", "teams.log", by="operator", reason="a migration")
    LogEntry.objects.create(
        user_id=staff.pk, action_flag=CHANGE, object_repr="Crown Cup", change_message="renamed"
    )
    return staff


SAID = {
    "looks": "operator Looks at what is hidden saw",
    "privacy": "Ada Privacy changed changed privacy",
    "money": "operator Money booked by hand Deposit",
    "delivery": "operator Delivery of events pause teams.log",
    "admin": "operator Administration changed - Crown Cup",
}


def kinds_in(client: Client, query: str = "") -> set[str]:
    text = text_of(client, PAGE + query)
    return {kind for kind, words in SAID.items() if words in text}


@pytest.mark.usefixtures("busy")
def test_everything_in_one_list(client: Client, ada: User) -> None:
    assert kinds_in(client) == set(SAID)
    for kind in SAID:
        assert kinds_in(client, f"?kind={kind}") == {kind}
    assert kinds_in(client, "?by=operator") == {"looks", "money", "delivery", "admin"}
    assert kinds_in(client, "?by=OPERATOR&kind=money") == {"money"}
    assert kinds_in(client, f"?about={ada.pk}") == {"looks", "privacy", "money"}
    assert kinds_in(client, "?text=migration") == {"delivery"}
    assert kinds_in(client, "?text=crown") == {"admin"}
    assert kinds_in(client, "?text=lost+prize") == {"money"}
    assert kinds_in(client, "?since=2999-01-01T00:00") == set()
    assert kinds_in(client, "?until=2999-01-01T00:00") == set(SAID)


@pytest.mark.usefixtures("busy")
def test_who_works_in_a_shell_has_no_account(client: Client) -> None:
    acts.record("prune", by="root", deleted=7)
    assert "root Delivery of events prune" in text_of(client, f"{PAGE}?by=root")
    assert kinds_in(client, "?by=root") == set()


@pytest.mark.parametrize(
    "query", ["kind=x", "about=x", f"about={2**70}", "since=soon", "before=x", "before=x~1~2", "text=a%00b",
              "before=2026-13-01T00:00:00Z~1~2", "before=2026-01-01T00:00:00~1~2"]
)  # fmt: skip
def test_a_bad_query_is_answered(client: Client, query: str) -> None:
    operator(client)
    assert client.get(f"{PAGE}?{query}").status_code == 200


def test_page_by_page_nothing_is_missed_or_shown_twice(client: Client, ada: User) -> None:
    staff = operator(client)
    for number in range(PER_PAGE):
        acts.record("pause", f"target-{number}", by="operator")
        staff_looks.note(staff_id=staff.pk, user_id=ada.pk, part=f"part-{number}")
        privacy.update(user_id=ada.pk, show_email=number % 2 == 0)
    seen: list[str] = []
    address = PAGE
    for _ in range(9):
        page = html_of(client, address)
        seen += [row for row in page.split("<tr>")[2:] if "<th scope=" in row]
        if 'rel="next"' not in page:
            break
        address = PAGE + page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    text = "".join(seen)
    assert [text.count(f"target-{number}<") for number in range(PER_PAGE)] == [1] * PER_PAGE
    assert [text.count(f"part-{number}<") for number in range(PER_PAGE)] == [1] * PER_PAGE
    assert text.count("changed privacy") == PER_PAGE


@pytest.mark.usefixtures("busy")
def test_few_queries(client: Client) -> None:
    for query in ("", "?by=operator&since=2020-01-01T00:00"):
        with at_most(12, query):
            html_of(client, PAGE + query)


@pytest.mark.usefixtures("busy")
def test_the_log_of_the_administration_is_never_rewritten() -> None:
    for change in (
        lambda: LogEntry.objects.update(object_repr="nothing"),
        lambda: LogEntry.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
