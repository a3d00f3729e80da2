"""`manage.py import_follows DIR`: a published follow graph, as accounts and follows here."""

import os
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from apps.user_profile.services import follow_import

FOLDER = "twitch-follow-graph"
GOES_ON = "started again, it goes on where it was"


def default_folder() -> Path:
    """Return where the graph is kept: DELTACROWN_DATA names the folder that holds it."""
    data = os.environ.get("DELTACROWN_DATA", Path(settings.BASE_DIR).parent / "shared" / "data")
    return Path(data) / FOLDER


class Command(BaseCommand):
    """Import a follow graph; started again, it goes on where it was."""

    help = (
        "Import a folder of <community>_edges.csv.gz: an account for everyone in it, and a follow in both "
        "directions for each edge, all announced. Stopped and started again, it goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "folder", metavar="DIR", type=Path, nargs="?", help=f"default: $DELTACROWN_DATA/{FOLDER}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read everything, then write."""
        began = time.monotonic()
        try:
            graph = follow_import.read(options["folder"] or default_folder())
            written = self.write(graph)
        except follow_import.NoGraph as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(f"stopped; {GOES_ON}", returncode=130) from None
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"the database is gone ({str(error).strip()}); {GOES_ON}") from error
        self.stdout.write(
            f"{len(graph.usernames):,} players, {len(graph.follows):,} follows, {written:,} of them new, "
            f"in {time.monotonic() - began:.1f} s"
        )

    def write(self, graph: follow_import.Graph) -> int:
        """Write what is missing, with a progress bar for a terminal; return how many follows were new."""
        progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(file=sys.stderr),
            disable=not sys.stderr.isatty(),
        )
        written = 0
        with progress:
            players = progress.add_task("Players", total=len(graph.usernames))
            follows = progress.add_task("Follows", total=len(graph.follows))
            for done in follow_import.sign_up(graph.usernames):
                progress.advance(players, done)
            for done, new in follow_import.follow(graph):
                progress.advance(follows, done)
                written += new
        return written
