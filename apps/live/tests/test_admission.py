"""Who opens too many streams is told when to come again; where he is counts, not by which secret he asks."""

import asyncio
from typing import Any

import pytest

from apps.api.services import tokens
from apps.live import sse
from apps.live.asgi import asked, opened
from apps.live.channels import Refused, Tail
from apps.user_profile.models import User
from apps.user_profile.testing import create_user

pytestmark = pytest.mark.django_db


def request(path: str, address: str = "203.0.113.9", **headers: str) -> dict[str, Any]:
    """Return a connection as the server describes it."""
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "path": path, "query_string": b"", "headers": given, "client": (address, 5000)}


def refusal(scope: dict[str, Any]) -> Refused:
    with pytest.raises(Refused) as caught:
        opened(asked(scope))
    return caught.value


def test_an_address_that_opens_too_many(settings: Any) -> None:
    settings.LIVE_PER_MINUTE = 2
    for secret in ("a", "b"):
        assert refusal(request(f"/live/overlay/{secret}/")).status == 404
    refused = refusal(request("/live/nonsense/"))
    assert (refused.status, refused.retry_after_s) == (429, 30)
    # What a proxy would say is believed of a proxy only; another address is another one.
    assert refusal(request("/live/x/", x_forwarded_for="198.51.100.1")).status == 429
    assert refusal(request("/live/x/", "198.51.100.1")).status == 401
    settings.TRUST_PROXY = True
    assert refusal(request("/live/x/", x_forwarded_for="198.51.100.2")).status == 401
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(sse.answer(request("/live/x/"), send, refused))
    assert (sent[0]["status"], dict(sent[0]["headers"])[b"retry-after"]) == (429, b"30")
    assert b"2 a minute are allowed. Wait 30 s." in sent[1]["body"]


def test_one_user_with_many_tokens(settings: Any) -> None:
    settings.API_PER_MINUTE_SIGNED_IN = 2
    ada = create_user("Ada")
    secrets = [
        tokens.create(user_id=ada.pk, name=str(n), scopes=["read", "events:read"])[1] for n in range(3)
    ]
    scopes = [request("/live/events", authorization=f"Bearer {secret}") for secret in secrets]
    assert {type(opened(asked(scope))) for scope in scopes[:2]} == {Tail}
    refused = refusal(scopes[2])
    assert (refused.status, refused.retry_after_s) == (429, 30)


def test_the_token_of_somebody_who_is_gone() -> None:
    """It opens nothing, and what it opened before ends."""
    ada = create_user("Ada")
    _token, secret = tokens.create(user_id=ada.pk, name="x", scopes=["read", "events:read"])
    scope = request("/live/events", authorization=f"Bearer {secret}")
    tail = opened(asked(scope))
    assert isinstance(tail, Tail)
    assert tail.read(0) is not None
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert tail.read(0) is None
    assert refusal(scope).status == 401
