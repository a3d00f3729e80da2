"""Alerts on their way to webhooks, and what became of webhooks on its way to the figures."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.events import tallies
from apps.monitoring.rules import RULES, Observation
from apps.monitoring.services import incidents
from apps.user_profile.services import accounts
from apps.webhooks.models import Delivery, Endpoint, Owner
from apps.webhooks.services import deliveries
from apps.webhooks.testing import Receiver, create_endpoint, receiving, work_off

pytestmark = pytest.mark.django_db

CODE = "subscriber_paused"
BAD = Observation(is_bad=True, is_well=False, summary="a.b hears nothing: a drill")
TYPES = ("alert_opened", "alert_resolved")


def test_endpoints_of_the_platform_are_told_once_each_and_nobody_else() -> None:
    ada = accounts.sign_up(username="ada")
    now = timezone.now()
    with receiving() as receiver:
        endpoint, secret = create_endpoint(
            receiver.url, *TYPES, created_by_id=ada.pk, owner=Owner.PLATFORM, is_ordered=True
        )
        others, _ = create_endpoint(receiver.url, "level_up", created_by_id=ada.pk)
        # As one may stand there from before it was refused.
        Endpoint.objects.filter(pk=others.pk).update(types=[*TYPES])
        for minutes, observed in enumerate([{(CODE, "a.b"): BAD}, {(CODE, "a.b"): BAD}, {}, {}]):
            incidents.settle(observed, now + timedelta(minutes=minutes), codes={CODE}, known=RULES)
        work_off()
    assert set(Delivery.objects.values_list("endpoint", flat=True)) == {endpoint.pk}
    told = [message.verified(secret) for message in receiver.received]
    assert [message["type"] for message in told] == [*TYPES]
    assert told[0]["data"]["summary"] == BAD.summary


def test_every_try_of_an_endpoint_is_tallied() -> None:
    ada = accounts.sign_up(username="ada")
    with receiving(Receiver(answers=[(500, {}, "")])) as receiver:
        endpoint, _secret = create_endpoint(receiver.url, "level_up", created_by_id=ada.pk)
        deliveries.send_test(endpoint, "level_up")
        work_off()
    since = timezone.now() - timedelta(hours=1)
    [one] = [tally for (name, _), tally in tallies.totals(since).items() if name.endswith(f":{endpoint.pk}")]
    assert (one.delivered, one.failed, one.retried, one.dead) == (1, 1, 1, 0)
    assert sum(one.buckets) == 1
