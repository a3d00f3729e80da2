"""The ASGI entry point: the streams under /live/, and nothing else."""

import os
import resource

import django

# Every stream is a file descriptor, and a shell or systemd allow 1,024 where nobody asks for more.
OPEN_FILES = 65_536
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
if soft != resource.RLIM_INFINITY and soft < wanted:
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from apps.live.asgi import Live  # noqa: E402 (models need the apps)

application = Live()
