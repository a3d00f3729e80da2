"""Messages are an exit: each event of a player, with each part that it tells hidden after it happened."""

import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from apps.events.models import EventLog
from apps.teams.testing import create_team
from apps.user_profile.models import PrivacySettings, User
from apps.user_profile.selectors.privacy import Part
from apps.user_profile.services.privacy import update
from apps.user_profile.testing import create_user
from apps.webhooks import offers, samples
from apps.webhooks.models import Delivery, Endpoint, Outcome, Owner
from apps.webhooks.services.outbox import HIDDEN
from apps.webhooks.testing import create_endpoint, receiving, work_off

pytestmark = pytest.mark.django_db

OF_PLAYERS = [event for event in offers.PARTS if offers.PARTS[event] - {Part.WALLET}]


def hide(user: User, part: Part) -> None:
    """Hide a part of a player from everybody; what has no switch goes with the page, or with the account."""
    switch = f"show_{part}"
    if part is Part.CARD:
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif hasattr(PrivacySettings, switch):
        update(user_id=user.pk, **{switch: False})
    else:
        update(user_id=user.pk, is_private_account=True)


@pytest.fixture
def players() -> list[User]:
    return [create_user(name, display_name=f"{name} of the log") for name in ("tracy", "idol")]


def happen(event: offers.AnyEvent, players: list[User]) -> None:
    """Write the event into the log as if it had just been sent."""
    args = dict(samples.payload(event))
    named = [event.key_argument, *(name for name in event.user_arguments if name != event.key_argument)]
    args |= {
        name: player.pk for name, player in zip(named, players, strict=False) if name in event.user_arguments
    }
    if "team_id" in args:
        args["team_id"] = create_team().pk
    row = EventLog.objects.create(
        uid=uuid.uuid4(), event_type=event.name, version=event.version, key=event.key_of(args),
        user_id=players[0].pk, subject_ids=event.users_of(args), payload=args,
        occurred_at=timezone.now(), correlation_id=uuid.uuid4(),
    )  # fmt: skip
    for endpoint in Endpoint.objects.all():
        Delivery.objects.create(
            endpoint=endpoint, event_id=row.uid, event_type=event.name, occurred_at=row.occurred_at
        )


@pytest.mark.parametrize("event", OF_PLAYERS, ids=lambda event: event.name)
def test_what_is_hidden_when_it_leaves_does_not_leave(event: offers.AnyEvent, players: list[User]) -> None:
    staff = create_user("boss")
    with receiving() as receiver:
        platform, _ = create_endpoint(
            receiver.url, event.name, created_by_id=staff.pk, owner=Owner.PLATFORM
        )  # fmt: skip
        happen(event, players)
        work_off()
        assert "tracy of the log" in receiver.received.pop().body
        for part in sorted(offers.parts_of(event, samples.payload(event))):
            with transaction.atomic():
                hide(players[0], part)
                happen(event, players)
                work_off()
                last = platform.deliveries.latest("id")
                assert (last.outcome, last.note) == (Outcome.WITHHELD, HIDDEN), part
                transaction.set_rollback(True)
    assert receiver.received == []
