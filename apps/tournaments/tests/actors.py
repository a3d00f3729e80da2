"""The processes of the kill test: one that has loaded everything forks replays and workers on request.

So the successor of a killed process costs milliseconds. It never touches the database itself. It reads
`replay` or `worker` from stdin, one a line, and prints the pid of what it forked.
"""

import io
import os
import signal
import sys

import django
from django.urls import get_resolver


def main(folder: str) -> None:
    """Serve until stdin closes."""
    django.setup()
    _ = (
        get_resolver().reverse_dict
    )  # what `manage.py worker` has loaded by its checks: all URLs, half a second
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            sys.stdin.close()
            act(line.strip(), folder)
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def act(role: str, folder: str) -> None:
    """Be a replay or a worker."""
    from django.core.management import call_command

    from apps.events.worker import Worker

    if role == "worker":
        Worker().run()
    else:
        call_command("replay_season", folder, json=True, stdout=io.StringIO())


if __name__ == "__main__":
    main(sys.argv[1])
