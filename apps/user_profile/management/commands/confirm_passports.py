"""`manage.py confirm_passports FILE`: take over the names that games' providers tell."""

import sys
from argparse import ArgumentParser
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, transaction
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from apps.games import selectors as games
from apps.user_profile.services import confirmation_rows, confirmation_runs
from apps.user_profile.services.confirmation_runs import Passed
from apps.user_profile.services.passport_confirmations import Outcome

GOES_ON = "what is confirmed stays; started again, it changes only what is missing"
WORDS = {
    Outcome.FOLLOWED: "names followed",
    Outcome.CONFIRMED: "confirmed for the first time",
    Outcome.UNCHANGED: "as before",
    Outcome.NOBODY: "of nobody here",
    Passed.OVERTAKEN: "overtaken by a later row",
}


class Command(BaseCommand):
    """Confirm names; each row is a transaction of its own."""

    help = (
        "Take over what games say of their players: a CSV or NDJSON file of game,provider_id,name. The "
        "passport that has the id follows the name; a passport of the name without an id gets it. A row that "
        "is refused is reported by its number (a header is row 1) and changes nothing; the rest goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--format", choices=["csv", "ndjson"], help="default: by the end of the file's name"
        )
        parser.add_argument(
            "--dry-run", action="store_true",
            help="do it and take all of it back; players who change these passports wait meanwhile",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        """Read and confirm, row by row."""
        try:
            form = options["format"] or confirmation_rows.format_of(options["file"])
            counts = self.confirm(options["file"], form, options)
        except confirmation_rows.NoRows as error:
            raise CommandError(f"{options['file']}: {error}") from error
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}") from error
        except KeyboardInterrupt:
            raise CommandError(f"stopped; {GOES_ON}", returncode=130) from None
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"the database is gone ({str(error).strip()}); {GOES_ON}") from error
        refused = counts.pop(None, 0)
        parts = [f"{counts[outcome]:,} {word}" for outcome, word in WORDS.items() if counts[outcome]]
        dry = "; nothing of it is stored" if options["dry_run"] else ""
        self.stdout.write(f"{', '.join(parts) or 'nothing to confirm'}{dry}")
        if refused:
            raise CommandError(f"{refused:,} of {refused + counts.total():,} rows were refused")

    def confirm(self, path: Path, form: str, options: dict[str, Any]) -> "Counter[Any]":
        """Confirm what a file says, with a progress bar for a terminal; count what became of its rows."""
        errors = options.get("stderr") or sys.stderr
        progress = Progress(
            TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
            console=Console(file=errors, soft_wrap=True), disable=not errors.isatty(),
        )  # fmt: skip
        whole = transaction.atomic() if options["dry_run"] else nullcontext()
        with progress, opened(progress, path) as file, whole:
            counts = self.count(file, form, progress.console)
            if options["dry_run"]:
                transaction.set_rollback(True)
        return counts

    def count(self, file: IO[str], form: str, console: Console) -> "Counter[Any]":
        """Confirm the rows, say which are refused, and count what became of the others."""
        counts: Counter[Any] = Counter()
        by_slug = {game.slug: game for game in games.all_games()}
        for result in confirmation_runs.run(confirmation_rows.read(file, form, by_slug)):
            if isinstance(result.outcome, ValidationError):
                text = f"row {result.number}: {' '.join(result.outcome.messages)}"
                console.print(text, markup=False, highlight=False, soft_wrap=True)
                counts[None] += 1
            else:
                counts[result.outcome] += 1
        return counts


def opened(progress: Progress, path: Path) -> Any:
    """Open a file whose bytes move the bar; what is not UTF-8 is its row's trouble."""
    return progress.open(
        path, "r", encoding="utf-8", errors="surrogateescape", newline="", description="Names"
    )
