"""`manage.py events ...`: what operators and developers ask the backbone. Every word takes --json."""

import getpass
import json
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.events import catalog, console, deadletters, health, sequencer, stored, stream
from apps.events.errors import EventError
from apps.events.verify import verify

CATALOGUE = Path(str(settings.BASE_DIR)) / "docs" / "events.md"
FOLLOW_S = 0.2


class Command(BaseCommand):
    """Ask the backbone, and decide about dead letters."""

    help = "The state of the event backbone, and decisions about dead letters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the words."""
        words = parser.add_subparsers(dest="word", required=True, metavar="WORD")
        self._word(words, "status", "how every subscriber is doing", self.status)
        listing = self._word(words, "catalog", "every event and who hears it", self.catalog)
        listing.add_argument("--write", action="store_true", help=f"write docs/{CATALOGUE.name}")
        listing.add_argument("--check", action="store_true", help="fail when the written catalogue is stale")
        tail = self._word(words, "tail", "the newest events", self.tail)
        tail.add_argument("--limit", type=int, default=20, help="how many to begin with (default 20)")
        tail.add_argument("--follow", action="store_true", help="go on until interrupted")
        dead = words.add_parser("dead", help="dead letters").add_subparsers(required=True, metavar="WORD")
        self._word(dead, "list", "letters that wait for a decision", self.dead_list)
        for name, act in (("retry", self.dead_retry), ("discard", self.dead_discard)):
            word = self._word(dead, name, f"{name} letters by id, or --all", act)
            word.add_argument("ids", nargs="*", type=int, metavar="ID")
            word.add_argument("--all", action="store_true", help="every letter that waits")
            word.add_argument("--subscriber", help="with --all: of this subscriber only")
            word.add_argument("--reason", default="", help="why; required to discard")
            word.add_argument("--by", default="", help="who decides (default: the system user)")
        self._word(words, "verify", "compare every stored figure with its source", self.verify)

    def _word(
        self, words: Any, name: str, text: str, act: Callable[[dict[str, Any]], None]
    ) -> ArgumentParser:
        word: ArgumentParser = words.add_parser(name, help=text)
        word.add_argument("--json", action="store_true", help="print JSON")
        word.set_defaults(act=act)
        return word

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what the word says."""
        try:
            options["act"](options)
        except EventError as error:
            raise CommandError(str(error)) from error

    def status(self, options: dict[str, Any]) -> None:
        """Print how every subscriber is doing."""
        rows = [one.as_dict() for one in health.status()]
        title = f"{sequencer.head():,} events in the stream"
        self._show(options, title, rows, empty="No subscriber is stored yet: run `migrate`.")

    def catalog(self, options: dict[str, Any]) -> None:
        """Print, write or check the catalogue."""
        if options["check"]:
            if not CATALOGUE.exists() or CATALOGUE.read_text() != catalog.markdown():
                raise CommandError("docs/events.md is stale: run `./dev manage events catalog --write`")
        elif options["write"]:
            CATALOGUE.parent.mkdir(exist_ok=True)
            CATALOGUE.write_text(catalog.markdown())
        elif options["json"]:
            self._json([entry.as_dict() for entry in catalog.entries()])
        else:
            console.table(self.stdout, "Events", catalog.table(), empty="No event is declared.")

    def tail(self, options: dict[str, Any]) -> None:
        """Print the newest events; personal values are masked."""
        after = max(0, sequencer.head() - options["limit"])
        while True:
            for entry in stream.tail(after=after, upto=sequencer.head()):
                self.stdout.write(console.line(entry, as_json=options["json"]))
                after = entry.position
            if not options["follow"]:
                return
            time.sleep(FOLLOW_S)

    def dead_list(self, options: dict[str, Any]) -> None:
        """Print the letters that wait for a decision."""
        rows = [
            {
                "id": letter.pk,
                "subscriber": letter.subscription_id,
                "event": letter.event_type,
                "key": letter.key,
                "position": letter.position,
                "attempts": letter.attempts,
                "died_at": letter.died_at.isoformat(timespec="seconds"),
                "error": letter.error if options["json"] else letter.error.partition("\n")[0],
            }
            for letter in deadletters.waiting()
        ]
        if options["json"]:
            return self._json(rows)
        return console.table(
            self.stdout, "Dead letters", rows, empty="No dead letters: every event was handled."
        )

    def dead_retry(self, options: dict[str, Any]) -> None:
        """Try letters again."""
        self._decide(options, "retried", deadletters.retry)

    def dead_discard(self, options: dict[str, Any]) -> None:
        """Give letters up."""
        if not options["reason"].strip():
            raise CommandError("a discard needs a reason: --reason 'why the event is given up'")
        self._decide(options, "discarded", deadletters.discard)

    def _decide(self, options: dict[str, Any], done: str, decide: Callable[..., None]) -> None:
        if bool(options["ids"]) == options["all"]:
            raise CommandError("name letters by id, or say --all (`events dead list` shows them)")
        chosen = deadletters.waiting()
        if options["subscriber"]:
            chosen = chosen.filter(subscription_id=options["subscriber"])
        ids = options["ids"] or list(chosen.values_list("pk", flat=True))
        by = options["by"] or getpass.getuser()
        for letter_id in console.progress(ids, done):
            decide(letter_id, by=by, reason=options["reason"])
        if options["json"]:
            self._json({done: ids})
        else:
            self.stdout.write(f"{done}: {len(ids)}")

    def verify(self, options: dict[str, Any]) -> None:
        """Compare every figure; exit 1 on drift."""
        stored.store()
        findings = verify()
        subscribers = health.status()
        figures = [
            {"name": one.name, "rows_checked": one.rows_checked, "drift": one.drift} for one in findings
        ]
        waiting = {
            "lag": sum(one.lag for one in subscribers),
            "parked": sum(one.retrying + one.blocked for one in subscribers),
            "dead": sum(one.dead for one in subscribers),
        }
        if options["json"]:
            self._json({"figures": figures, **waiting})
        else:
            console.table(self.stdout, "Figures", figures, empty="No figure is registered.")
            self.stdout.write(", ".join(f"{name} {count}" for name, count in waiting.items()))
            for one in findings:
                for key, source, copy in one.examples:
                    self.stdout.write(f"{one.name}[{key}]: the source says {source}, the copy {copy}")
        if any(one.drift for one in findings):
            raise SystemExit(1)

    def _show(self, options: dict[str, Any], title: str, rows: list[dict[str, Any]], *, empty: str) -> None:
        if options["json"]:
            self._json(rows)
        else:
            console.table(self.stdout, title, rows, empty=empty)

    def _json(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, indent=2, default=str))
