"""The actors of the benchmark, on RabbitMQ, for `python -m dramatiq`."""

from __future__ import annotations

import django
import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker

from benchmarks.peers.peer import AMQP_URL, QUEUE

django.setup()

from benchmarks.peers import effects  # noqa: E402

effects.keep_session()
# Who measures others meanwhile answers no heartbeat, and RabbitMQ would end the session.
broker = RabbitmqBroker(url=f"{AMQP_URL}{'&' if '?' in AMQP_URL else '?'}heartbeat=0")
dramatiq.set_broker(broker)


@dramatiq.actor(queue_name=f"{QUEUE}-dramatiq", max_retries=0)
def handle(number: int) -> None:
    """Write one effect."""
    effects.handle(number)
