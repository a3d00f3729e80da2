"""The ASGI entry point: the streams under /live/, and nothing else."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from apps.live.asgi import Live  # noqa: E402 (models need the apps)

application = Live()
