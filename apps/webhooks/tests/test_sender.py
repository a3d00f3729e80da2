"""What a sender does next: whether it asks again at once, or lets leave what it has."""

import asyncio

import pytest

from apps.events.testing import deliver_all
from apps.user_profile.services.privacy import update
from apps.user_profile.testing import create_user
from apps.webhooks.limits import CONCURRENCY
from apps.webhooks.models import Delivery, Outcome, Owner
from apps.webhooks.sending import transport
from apps.webhooks.sending.sender import Sender
from apps.webhooks.testing import create_endpoint, reach, receiving

pytestmark = pytest.mark.django_db(transaction=True)


async def work(sender: Sender, wanted: int) -> list[tuple[bool, bool]]:
    """Let a sender go round as long as it wants to at once; return what each round told."""
    told = []
    async with transport.client() as client:
        while not told or told[-1][1]:
            told.append(await sender.cycle(client))
        await asyncio.gather(*sender.tasks)
        assert len(sender.done) == wanted
        await sender.note()
    await sender.disconnect()
    return told


def test_what_is_settled_without_leaving_is_not_waited_for() -> None:
    """No answer comes back of it, so nothing would wake the sender for the rest."""
    ada, staff = create_user("ada"), create_user("boss")
    create_endpoint("https://example.org/hook", "level_up", created_by_id=staff.pk, owner=Owner.PLATFORM)
    update(user_id=ada.pk, show_level_xp=False)
    reach(ada, *range(2, 2 + 3 * CONCURRENCY))
    deliver_all()
    told = asyncio.run(work(Sender(), 0))
    assert told == [(True, True)] * 3 + [(False, False)]
    assert set(Delivery.objects.values_list("outcome", flat=True)) == {Outcome.WITHHELD}


def test_what_was_taken_leaves_before_more_is_looked_for() -> None:
    ada = create_user("ada")
    with receiving() as receiver:
        create_endpoint(receiver.url, "level_up", created_by_id=ada.pk)
        reach(ada, 2, 3)
        deliver_all()
        assert asyncio.run(work(Sender(), 2)) == [(True, False)]
        assert len(receiver.received) == 2
    assert set(Delivery.objects.values_list("outcome", flat=True)) == {Outcome.DELIVERED}
