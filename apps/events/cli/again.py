"""Words that rewind, stop or tidy: replay, rebuild, pause, resume, forget, prune, rebase."""

import getpass
import sys
import time
from argparse import ArgumentTypeError
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rich.console import Console
from rich.progress import Progress

from apps.events import again, sequencer, stored
from apps.events.cli.words import add, tell
from apps.events.delivery import pauses
from apps.events.models import Subscription

WATCH_S = 0.2


def declare(words: Any) -> None:
    """Add the words."""
    replay = add(words, "replay", "let a subscriber hear events again", replay_events)
    replay.add_argument("subscriber")
    first = replay.add_mutually_exclusive_group()
    first.add_argument("--from", dest="since", type=int, default=1, metavar="POSITION")
    first.add_argument("--from-time", type=moment, metavar="TIME", help="2026-01-31T12:00:00+00:00")
    replay.add_argument("--to", type=int, metavar="POSITION", help="the last position (default: all)")
    replay.add_argument("--types", nargs="+", default=[], metavar="EVENT")
    replay.add_argument("--users", nargs="+", type=int, default=[], metavar="ID")
    rebuild = add(words, "rebuild", "empty what a subscriber keeps and let it hear everything", rebuild_sums)
    rebuild.add_argument("subscriber")
    for word in (replay, rebuild):
        word.add_argument("--dry-run", action="store_true", help="only count")
        word.add_argument("--watch", action="store_true", help="stay until the workers have done it")
    pause = add(words, "pause", "stop a subscriber until it is resumed", pause_subscriber)
    pause.add_argument("subscriber")
    pause.add_argument("--reason", required=True)
    add(words, "resume", "let a paused subscriber go on", resume).add_argument("subscriber")
    add(words, "forget", "delete a subscriber that no code declares", forget).add_argument("subscriber")
    prune = add(words, "prune", "delete old events that everybody has handled", prune_log)
    prune.add_argument("--older-than-days", type=int, required=True, metavar="DAYS")
    prune.add_argument("--yes", action="store_true", help="really; without it, only explains")
    rebase = add(words, "rebase", "take over a log restored from another cluster", take_over)
    rebase.add_argument("--yes", action="store_true", help="really; nothing may write meanwhile")


def moment(text: str) -> datetime:
    """Return an aware time."""
    found = parse_datetime(text)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is not a time like 2026-01-31T12:00:00+00:00")
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def replay_events(out: Any, options: dict[str, Any]) -> None:
    """Count, and rewind unless it is a dry run."""
    since = again.position_at(options["from_time"]) if options["from_time"] else options["since"]
    selection = again.Selection(since, options["to"], options["types"], options["users"])
    name = options["subscriber"]
    dry, by = options["dry_run"], getpass.getuser()
    report(out, options, again.plan(name, selection) if dry else again.replay(name, selection, by=by))


def rebuild_sums(out: Any, options: dict[str, Any]) -> None:
    """Count, and rebuild unless it is a dry run."""
    name = options["subscriber"]
    dry, by = options["dry_run"], getpass.getuser()
    report(out, options, again.plan_rebuild(name) if dry else again.rebuild(name, by=by))


def report(out: Any, options: dict[str, Any], made: again.Plan) -> None:
    """Print what will be heard again, and watch it happen when asked to."""
    facts = {
        "subscriber": made.subscriber,
        "from": made.since,
        "to": made.until,
        "events": made.counts,
        "total": made.total,
        "dry_run": options["dry_run"],
    }
    counted = ", ".join(f"{count:,} {name}" for name, count in made.counts.items()) or "nothing"
    verb = "would hear" if options["dry_run"] else "hears"
    tell(out, options, facts, f"{made.subscriber} {verb} again: {counted}")
    if options["watch"] and not options["dry_run"]:
        watch(made.subscriber)


def watch(name: str) -> None:
    """Show a progress bar until the subscriber is where it was."""
    with Progress(console=Console(file=sys.stderr)) as progress:
        row = Subscription.objects.get(name=name)
        task = progress.add_task(name, total=row.replay_until, completed=row.position)
        while row.position < row.replay_until:
            time.sleep(WATCH_S)
            row.refresh_from_db()
            progress.update(task, completed=row.position)


def pause_subscriber(out: Any, options: dict[str, Any]) -> None:
    """Pause."""
    pauses.pause(options["subscriber"], by=getpass.getuser(), reason=options["reason"])
    tell(out, options, {"paused": options["subscriber"]}, f"{options['subscriber']} is paused")


def resume(out: Any, options: dict[str, Any]) -> None:
    """Resume."""
    pauses.resume(options["subscriber"], by=getpass.getuser())
    tell(out, options, {"resumed": options["subscriber"]}, f"{options['subscriber']} goes on")


def forget(out: Any, options: dict[str, Any]) -> None:
    """Forget an orphan."""
    stored.forget(options["subscriber"], by=getpass.getuser())
    tell(out, options, {"forgotten": options["subscriber"]}, f"{options['subscriber']} is forgotten")


def prune_log(out: Any, options: dict[str, Any]) -> None:
    """Delete old events."""
    if options["older_than_days"] < 1:
        raise CommandError("--older-than-days takes 1 or more")
    if not options["yes"]:
        raise CommandError("what is pruned can never be replayed or rebuilt; say --yes to do it")
    before = timezone.now() - timedelta(days=options["older_than_days"])
    deleted, kept = again.prune(before, by=getpass.getuser())
    sentence = f"{deleted:,} events deleted; replays can begin at position {kept:,} or later"
    tell(out, options, {"deleted": deleted, "first_kept": kept}, sentence)


def take_over(out: Any, options: dict[str, Any]) -> None:
    """Take over a restored log."""
    if not options["yes"]:
        raise CommandError("stop everything that writes to this database, then say --yes")
    count = sequencer.rebase(by=getpass.getuser())
    tell(out, options, {"stamped": count}, f"the log is ours now; {count:,} events were still to be stamped")
