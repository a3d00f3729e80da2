"""The Celery application of the benchmark, on the broker that BENCH_BROKER_URL names."""

from __future__ import annotations

import os

import django
from celery import Celery

from benchmarks.peers.peer import AMQP_URL, QUEUE

VARIABLE = "BENCH_BROKER_URL"

django.setup()

from benchmarks.peers import effects  # noqa: E402

effects.keep_session()


def application(broker: str) -> Celery:
    """Return an application for many short tasks: a long prefetch, no results, no events, no gossip."""
    app = Celery("bench", broker=broker)
    app.conf.update(
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=64,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        worker_hijack_root_logger=False,
    )
    return app


app = application(os.environ.get(VARIABLE, AMQP_URL))


@app.task(name="bench.handle")
def handle(number: int) -> None:
    """Write one effect."""
    effects.handle(number)
