"""Words that only look: status, jobs, catalog, tail, verify."""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from apps.events import asyncapi, catalog, health, sequencer, stored, stream
from apps.events.cli import console
from apps.events.cli.words import add, dump, show
from apps.events.models import Job
from apps.events.verify import verify

DOCS = Path(str(settings.BASE_DIR)) / "docs"
# The same for people and for machines.
CATALOGUE = {DOCS / "events.md": catalog.markdown, DOCS / "asyncapi.json": asyncapi.text}
FOLLOW_S = 0.2


def declare(words: Any) -> None:
    """Add the words."""
    add(words, "status", "how every subscriber is doing", status)
    add(words, "jobs", "when the periodic jobs run", jobs)
    listing = add(words, "catalog", "every event and who hears it", list_catalog)
    listing.add_argument("--write", action="store_true", help="write docs/events.md and docs/asyncapi.json")
    listing.add_argument("--check", action="store_true", help="fail when the written catalogue is stale")
    newest = add(words, "tail", "the newest events; personal values are masked", tail)
    newest.add_argument("--limit", type=int, default=20, help="how many to begin with (default 20)")
    newest.add_argument("--follow", action="store_true", help="go on until interrupted")
    add(words, "verify", "compare every stored figure with its source", compare)


def status(out: Any, options: dict[str, Any]) -> None:
    """Print how every subscriber is doing."""
    orphans = set(stored.orphans())
    rows = [{**one.as_dict(), "orphan": one.subscriber in orphans} for one in health.status()]
    title = f"{sequencer.head():,} events in the stream"
    show(out, options, title, rows, empty="No subscriber is stored yet: run `migrate`.")


def jobs(out: Any, options: dict[str, Any]) -> None:
    """Print the periodic jobs."""
    rows = [
        {
            "job": job.name,
            "next_run_at": job.next_run_at.isoformat(timespec="seconds"),
            "last_run_at": job.last_run_at.isoformat(timespec="seconds") if job.last_run_at else None,
            "last_ms": job.last_ms,
            "last_error": job.last_error.partition("\n")[0],
        }
        for job in Job.objects.order_by("name")
    ]
    show(out, options, "Periodic jobs", rows, empty="No periodic job is declared.")


def list_catalog(out: Any, options: dict[str, Any]) -> None:
    """Print, write or check the catalogue."""
    if options["check"]:
        for path, text in CATALOGUE.items():
            if not path.exists() or path.read_text() != text():
                raise CommandError(f"docs/{path.name} is stale: run `./dev manage events catalog --write`")
    elif options["write"]:
        DOCS.mkdir(exist_ok=True)
        for path, text in CATALOGUE.items():
            path.write_text(text())
    elif options["json"]:
        dump(out, [entry.as_dict() for entry in catalog.entries()])
    else:
        console.table(out, "Events", catalog.table(), empty="No event is declared.")


def tail(out: Any, options: dict[str, Any]) -> None:
    """Print the newest events."""
    after = max(0, sequencer.head() - options["limit"])
    while True:
        for entry in stream.tail(after=after, upto=sequencer.head()):
            out.write(console.line(entry, as_json=options["json"]))
            after = entry.position
        if not options["follow"]:
            return
        time.sleep(FOLLOW_S)


def compare(out: Any, options: dict[str, Any]) -> None:
    """Compare every figure; exit 1 on drift."""
    findings = verify()
    subscribers = health.status()
    figures = [{"name": one.name, "rows_checked": one.rows_checked, "drift": one.drift} for one in findings]
    waiting = {
        "lag": sum(one.lag for one in subscribers),
        "parked": sum(one.retrying + one.blocked for one in subscribers),
        "dead": sum(one.dead for one in subscribers),
    }
    if options["json"]:
        dump(out, {"figures": figures, **waiting})
    else:
        console.table(out, "Figures", figures, empty="No figure is registered.")
        out.write(", ".join(f"{name} {count}" for name, count in waiting.items()))
        for one in findings:
            for key, source, copy in one.examples:
                out.write(f"{one.name}[{key}]: the source says {source}, the copy {copy}")
    if any(one.drift for one in findings):
        raise SystemExit(1)
