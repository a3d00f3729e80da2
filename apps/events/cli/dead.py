"""Words about dead letters: list, retry, discard."""

import getpass
from collections.abc import Callable
from itertools import batched
from typing import Any

from django.core.management.base import CommandError

from apps.events import deadletters
from apps.events.cli import console
from apps.events.cli.words import add, show, tell
from apps.events.deadletters import Decided
from apps.events.models import Lane

PAGE = 500


def declare(words: Any) -> None:
    """Add the words."""
    dead = words.add_parser("dead", help="dead letters").add_subparsers(required=True, metavar="WORD")
    add(dead, "list", "letters that wait for a decision", list_letters)
    for name, act in (("retry", retry), ("discard", discard)):
        word = add(dead, name, f"{name} letters by id, or --all", act)
        word.add_argument("ids", nargs="*", type=int, metavar="ID")
        word.add_argument("--all", action="store_true", help="every letter that waits")
        word.add_argument("--subscriber", help="with --all: of this subscriber only")
        word.add_argument("--reason", default="", help="why; required to discard")
        word.add_argument("--by", default="", help="who decides (default: the system user)")


def list_letters(out: Any, options: dict[str, Any]) -> None:
    """Print the letters that wait for a decision, and for people also what is still being tried."""
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
    show(out, options, "Dead letters", rows, empty="No dead letters.")
    if not options["json"]:
        console.table(out, "Being tried again", tried_again(), empty="Nothing is being tried again.")


def tried_again() -> list[dict[str, Any]]:
    """Return the keys whose next event failed and is due again, with what it failed of."""
    return [
        {
            "subscriber": lane.subscription_id,
            "key": lane.key,
            "attempts": lane.attempts,
            "next_try": lane.due_at.isoformat(timespec="seconds"),
            "error": lane.error.partition("\n")[0],
        }
        for lane in Lane.objects.filter(state=Lane.State.RETRY).order_by("due_at")[:PAGE]
    ]


def retry(out: Any, options: dict[str, Any]) -> None:
    """Try letters again."""
    decide(out, options, "retried", deadletters.retry_many)


def discard(out: Any, options: dict[str, Any]) -> None:
    """Give letters up."""
    if not options["reason"].strip():
        raise CommandError("a discard needs a reason: --reason 'why the event is given up'")
    decide(out, options, "discarded", deadletters.discard_many)


def decide(out: Any, options: dict[str, Any], done: str, act: Callable[..., Decided]) -> None:
    """Apply a decision to the chosen letters, a page in a transaction."""
    if bool(options["ids"]) == options["all"]:
        raise CommandError("name letters by id, or say --all (`events dead list` shows them)")
    chosen = deadletters.waiting()
    if options["subscriber"]:
        chosen = chosen.filter(subscription_id=options["subscriber"])
    ids = options["ids"] or list(chosen.values_list("pk", flat=True))
    by = options["by"] or getpass.getuser()
    total = Decided()
    for page in console.progress(list(batched(ids, PAGE)), done):
        decided = act(page, by=by, reason=options["reason"])
        total.done += decided.done
        total.failed |= decided.failed
    tell(out, options, {done: total.done}, f"{done}: {len(total.done)}")
    if total.failed:
        raise CommandError("\n".join(str(error) for error in total.failed.values()))
    if gone := set(ids) - set(total.done):
        numbers = ", ".join(map(str, sorted(gone)))
        raise CommandError(f"there is no dead letter {numbers} that waits for a decision")
