"""`manage.py replay_payouts DIR`: pay published payouts as if they were won here."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from apps.economy.replay.payouts import Result, pay_all
from apps.economy.replay.rows import NoPayouts, read_payouts
from apps.events.catchup import catch_up

LINE_EVERY = 100
GOES_ON = "started again, it goes on where it was"


class Command(BaseCommand):
    """Pay a folder of published payouts; started again, it goes on where it was."""

    help = (
        "Pay the rows of player_results.csv through the ledger, each once: 1 US dollar is 100 DeltaCoins, "
        "rounded within each tournament by the largest remainder. Killed and started again, it goes on where "
        "it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("folder", metavar="DIR", type=Path, help="a folder with player_results.csv[.gz]")
        parser.add_argument("--json", action="store_true", help="print the summary as JSON, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read everything, then pay, then deliver what was said about it."""
        began = time.monotonic()
        try:
            found = read_payouts(options["folder"])
            for number, fault in found.skipped.items():
                self.stderr.write(f"skipped: row {number}: {fault}")
            result = Result(rows=found.rows, skipped=len(found.skipped))
            for done, tournament in enumerate(pay_all(found.payouts, result), start=1):
                if not options["json"] and done % LINE_EVERY == 0:
                    self.stdout.write(f"tournament {tournament}: {done} done, {result.paid:,} rows paid")
                    self.stdout.flush()
            catch_up()
        except (NoPayouts, ValidationError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(f"stopped; {GOES_ON}", returncode=130) from None
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"the database is gone ({str(error).strip()}); {GOES_ON}") from error
        self.summary(result, time.monotonic() - began, as_json=options["json"])

    def summary(self, result: Result, seconds: float, *, as_json: bool) -> None:
        """Say what was paid and what was not."""
        numbers: dict[str, int | float] = {**result.as_dict(), "seconds": round(seconds, 1)}
        if as_json:
            self.stdout.write(json.dumps(numbers))
            return
        for name, number in numbers.items():
            self.stdout.write(f"{name.replace('_', ' '):<16} {number:>16,}")
