"""The Celery application, for `EVENTS_ENGINE=celery`: a queue of requests to drain, and a clock.

    celery -A config.celery worker      takes turns: as many as you like, on as many hosts as you like
    celery -A config.celery beat        the clock of the periodic jobs, and of the sweep: one
    manage.py worker                    the dispatcher, which asks as soon as something happens: one or two

Messages hold a subscriber's name and nothing else: `apps/events/dispatcher.py` tells what a lost one costs.
"""

import os
from functools import cache
from typing import Any

import django
from celery import Celery, signals
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created
from kombu.entity import Queue
from kombu.exceptions import KombuError, OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from apps.events import registry, schedule  # noqa: E402
from apps.events.dispatcher import AGAIN_S, LATE_S, Dispatcher, QueueAway  # noqa: E402
from apps.events.worker import prepare_session  # noqa: E402

CLOCK = "events"
CONNECT_S = 1
# How long one task goes on with a subscriber before others have their turn.
TASK_S = 5.0


def queue_of(subscriber: str) -> str:
    """Return the queue of a subscriber: one for each app, so that a host may serve some of them (`-Q`)."""
    return f"{CLOCK}.{subscriber.partition('.')[0]}"


app = Celery("deltacrown", broker=settings.EVENTS_BROKER_URL)
app.conf.update(
    task_queues=[
        # RabbitMQ keeps them on more than one node; Redis does not know the word.
        Queue(name, routing_key=name, queue_arguments={"x-queue-type": "quorum"})
        for name in [CLOCK, *sorted({queue_of(name) for name in registry.subscribers})]
    ],
    task_default_queue=CLOCK,
    task_default_exchange=CLOCK,
    task_default_routing_key=CLOCK,
    task_ignore_result=True,
    task_acks_late=True,
    # Once more, on a new connection. The dispatcher asks again and, in the end, does it itself: nothing waits
    # for the broker.
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0},
    broker_connection_timeout=CONNECT_S,
    broker_connection_max_retries=None,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "socket_connect_timeout": CONNECT_S,
        "socket_timeout": LATE_S,
        "socket_keepalive": True,
        "health_check_interval": LATE_S,
    },
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    beat_schedule={
        "sweep": {"task": "events.sweep", "schedule": LATE_S, "options": {"expires": LATE_S}},
        "jobs": {"task": "events.run_jobs", "schedule": AGAIN_S, "options": {"expires": LATE_S}},
    },
)


def ask(subscriber: str) -> None:
    """Ask for a drain of a subscriber. Raises QueueAway."""
    queue = queue_of(subscriber)
    try:
        drain.apply_async((subscriber,), queue=queue, expires=LATE_S)
    except (KombuError, OperationalError, OSError) as error:
        raise QueueAway(str(error)) from error


@cache
def dispatcher() -> Dispatcher:
    """Return the dispatcher of this process."""
    return Dispatcher(ask)


@app.task(name="events.drain")
def drain(subscriber: str) -> None:
    """Take turns of a subscriber until it has nothing to do."""
    dispatcher().take(subscriber, seconds=TASK_S)


@app.task(name="events.sweep")
def sweep() -> None:
    """Find what no wake-up told of."""
    dispatcher().sweep()


@app.task(name="events.run_jobs")
def run_jobs() -> None:
    """Run the periodic jobs that are due."""
    schedule.run_due()


@signals.worker_process_init.connect
def prepare_process(**_: Any) -> None:
    """Give the process a database session that stays, with the limits of a worker's."""
    connection_created.connect(prepare_session, dispatch_uid="events.worker")
    connection.settings_dict["CONN_MAX_AGE"] = None
