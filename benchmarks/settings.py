"""The site's settings on a database of the benchmark's own, with the peers beside the site."""

from benchmarks import databases
from config.settings import *  # noqa: F403
from config.settings import DATABASES, INSTALLED_APPS, STORAGES

DATABASES["default"]["NAME"] = databases.current()
DATABASES["default"]["TEST"] = {"NAME": databases.current()}
INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework", "django_domain_events"]
# Each event wakes its relay at once.
DJANGO_DOMAIN_EVENTS = {"NOTIFY_COALESCE_SECONDS": 0.0}
ROOT_URLCONF = "benchmarks.urls"
# Limits are kept and counted as ever, in the database; only nobody reaches them.
API_PER_MINUTE = API_PER_MINUTE_SIGNED_IN = LIVE_PER_MINUTE = 100_000_000
RATE_LIMITS_URL = ""
# No file is asked for, so none is collected; pages only name them.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
