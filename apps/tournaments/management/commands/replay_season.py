"""`manage.py replay_season DIR`: play a published season as if it happened here."""

import gc
import json
import math
import signal
import sys
import threading
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from apps.events.catchup import catch_up
from apps.tournaments.replay.folder import NoSeason, name_from, read_season
from apps.tournaments.replay.report import Report
from apps.tournaments.replay.schedule import Closing, Item, Opening, Playing, Renaming
from apps.tournaments.replay.season import AnotherReplay, Season, alone

# Without a terminal, a line for so many series.
LINE_EVERY = 100
ENDING = (signal.SIGINT, signal.SIGTERM)
GOES_ON = "started again, it goes on where it was"


def positive(text: str) -> float:
    """Return a number above zero."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


def whole(text: str) -> int:
    """Return a whole number from 0."""
    if not (text.isascii() and text.isdigit()):
        raise ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


class Command(BaseCommand):
    """Play a published season; started again, it goes on where it was."""

    help = (
        "Play a folder of published results through sign-ups, passports, rosters, registrations, series and "
        "places, in order of time. Stopped and started again, it goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("folder", metavar="DIR", type=Path, help="a folder of the shape of data/cwl-2018")
        parser.add_argument("--speed", type=positive, metavar="N", help="N times as fast as it was played")
        parser.add_argument("--limit", type=whole, metavar="N", help="stop after N series")
        parser.add_argument("--strict", action="store_true", help="a malformed row is fatal: play nothing")
        parser.add_argument("--json", action="store_true", help="print the summary as JSON, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read everything, then play."""
        began = time.monotonic()
        report = Report()
        try:
            events = read_season(options["folder"], report)
            self.tell(report, strict=options["strict"])
            with interruptible(), alone(), unswept():
                season = Season(events, report)
                told = len(report.oddities)
                self.show(season, options)
                # Without a worker, too, everything that follows from the season is there when it is over.
                catch_up()
        except (NoSeason, AnotherReplay) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(f"stopped; {GOES_ON}", returncode=130) from None
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"the database is gone ({str(error).strip()}); {GOES_ON}") from error
        for remark in report.oddities[told:]:
            self.stderr.write(f"odd: {remark}")
        self.summary(report, seconds=time.monotonic() - began, as_json=options["json"])

    def tell(self, report: Report, *, strict: bool) -> None:
        """Report what reading found; with `strict`, end there if a row is malformed."""
        for remark in report.malformed:
            self.stderr.write(f"{'malformed' if strict else 'skipped'}: {remark}")
        for remark in report.oddities:
            self.stderr.write(f"odd: {remark}")
        if strict and report.malformed:
            raise CommandError(f"{len(report.malformed)} malformed rows; nothing was played")

    def show(self, season: Season, options: dict[str, Any]) -> None:
        """Play, with a progress bar for a terminal and lines for a file."""
        missing = season.missing()
        limit = options["limit"]
        total = missing if limit is None else min(missing, limit)
        progress = Progress(
            TextColumn("{task.description}", table_column=None),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(file=sys.stderr),
            disable=not sys.stderr.isatty(),
        )
        lines = not sys.stderr.isatty() and not options["json"]
        played = 0
        with progress:
            task = progress.add_task("Season", total=total)
            for item in season.play(limit=limit, speed=options["speed"]):
                played += isinstance(item, Playing)
                progress.update(task, completed=played, description=title(item))
                if lines and (not isinstance(item, Playing) or played % LINE_EVERY == 0):
                    self.stdout.write(f"{item.at:%Y-%m-%d %H:%M} {said(item)} ({played} of {total} series)")
                    self.stdout.flush()

    def summary(self, report: Report, *, seconds: float, as_json: bool) -> None:
        """Say what was played and what was not."""
        if as_json:
            self.stdout.write(json.dumps({**report.as_dict(), "seconds": round(seconds, 1)}))
            return
        for what, number in report.counts.items():
            self.stdout.write(f"{what.replace('_', ' '):<24} {number:>6,}")
        self.stdout.write(f"{'skipped rows':<24} {len(report.malformed):>6,}")
        self.stdout.write(f"{'seconds':<24} {seconds:>6.1f}")


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the replay between two things, or undo the one being done.

    Handlers that were inherited are not trusted: a shell's background jobs ignore Ctrl-C.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.default_int_handler) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def unswept() -> Iterator[None]:
    """Keep the garbage collector off what is loaded by now: a season is many objects that all stay."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def title(item: Item) -> str:
    """Return what an event is called."""
    return item.event.label.name or name_from(item.event.external_id)


def said(item: Item) -> str:
    """Return what happened, in a few words."""
    match item:
        case Opening():
            return f"{title(item)} begins with {len(item.event.lineups())} teams"
        case Renaming():
            return f"{item.rename.old} is called {item.rename.new} now"
        case Playing():
            names, scores = item.series.names, item.series.scores
            return f"{title(item)}: {names[0]} {scores[0]}:{scores[1]} {names[1]}"
        case Closing():
            return f"{title(item)} is over"
