"""Every screen of the operators, for those who are none."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from django.urls.converters import UUIDConverter

from apps.monitoring import urls
from apps.monitoring.testing import operator
from apps.user_profile.services import accounts

pytestmark = pytest.mark.django_db

PATTERNS = [one for one in urls.urlpatterns if isinstance(one, URLPattern)]


def address_of(pattern: URLPattern) -> str:
    """Return an address of the pattern, of things that are not there."""
    names = {
        name: UUID(int=1) if isinstance(converter, UUIDConverter) else 1
        for name, converter in pattern.pattern.converters.items()
    }
    return reverse(f"monitoring:{pattern.name}", kwargs=names)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_nobody_but_staff(client: Client, pattern: URLPattern) -> None:
    path = address_of(pattern)
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/?next=/ops/")
    client.force_login(accounts.sign_up(username="player"))
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_an_operator_is_led_there(client: Client) -> None:
    operator(client)
    assert 'href="/ops/"' in client.get("/").content.decode()
    page = client.get("/ops/").content.decode()
    assert 'href="/ops/" aria-current="page"' in page
