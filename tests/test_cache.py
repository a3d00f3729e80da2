"""The cache that all processes share when REDIS_URL is set."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from uuid import uuid4

from tests.checkouts import CHECKOUT, surroundings

CODE = """
import sys, django
django.setup()
from django.core.cache import cache
cache.set(sys.argv[1], cache.get(sys.argv[1], 0) + 1, timeout=60)
print(cache.get(sys.argv[1]))
"""


def told(key: str, **variables: str) -> str:
    """Return what a process of its own finds after adding one to a cached number."""
    env = {name: value for name, value in surroundings(**variables).items() if name != "TESTING"}
    return subprocess.run(
        [sys.executable, "-c", CODE, key], cwd=CHECKOUT, capture_output=True, text=True, check=True,
        env=env | {"DJANGO_SETTINGS_MODULE": "config.settings", "DELTACROWN_DEV": os.fspath(CHECKOUT)},
    ).stdout.strip()  # fmt: skip


def test_processes_share_the_cache(require_service: Callable[[str], str]) -> None:
    redis, key = require_service("redis"), uuid4().hex
    assert [told(key, REDIS_URL=redis) for _ in range(2)] == ["1", "2"]


def test_without_redis_each_process_has_its_own() -> None:
    key = uuid4().hex
    assert [told(key) for _ in range(2)] == ["1", "1"]
