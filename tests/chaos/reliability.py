"""What a run of the drill is told as: lines for a terminal, and the page docs/reliability.md."""

import datetime
import os
import platform
from dataclasses import asdict

from . import faults
from .drill import SUBSCRIBERS, Report

ELSEWHERE = {
    "poison events that raise, hang or end the process": "apps/events/tests/test_deaths.py, test_pauses.py",
    "a log restored into another cluster": "apps/events/tests/test_again.py",
    "old and new code side by side": "apps/events/tests/test_deployment.py",
    "links to worker hosts cut, slow and mended; a worker that froze": "tests/chaos/test_hosts.py --slow",
    "busy writers that hold locks": "apps/events/tests/test_busy.py",
    "a random history against a model in plain Python": "apps/events/tests/test_model.py",
    "every interleaving of three transactions and two workers": "tests/modelcheck",
    "each rule broken on purpose": "tests/mutants",
}
NEVER = {
    "a clock that jumps": "leases, waits and due times are read from the clock of the database alone;"
    " its machine would have to jump",
}
PAGE = """# Reliability

Written by `./dev chaos --seed {seed} --events {events} --report docs/reliability.md` on {day}, {machine}.

Eight emitters bump the counters of forty players and say so; a handler answers every fourth event with one of
its own; {subscribers} subscribers on three workers write what they heard into a table that refuses nothing.
Meanwhile everything under them breaks. At the end the auditor compares that table with what was committed.

| | |
| --- | --- |
{findings}

## What was done meanwhile

| fault | times |
| --- | --- |
{injected}

## What is tried elsewhere

| fault | where |
| --- | --- |
{elsewhere}

## What was not run

| fault | why |
| --- | --- |
{never}
"""
WORDS = {
    "events": "events committed, those of the handler included",
    "effects": "effects",
    "lost": "lost: an event without its effect",
    "doubled": "doubled: an effect twice",
    "disordered": "disordered: a later event of a player before an earlier one",
    "ghosts": "ghosts: an effect of what was rolled back",
    "torn": "torn: a player's row and his events differ",
    "forgotten": "forgotten: a commit that the client was told, gone after a crash",
    "sparse": "sparse: a hole in the stream",
    "unanswered": "unanswered: an event that a handler owes",
}


def told(report: Report) -> str:
    """Return the run as lines for a terminal."""
    found = asdict(report.findings)
    lines = [f"{found[name]:>10,}  {words}" for name, words in WORDS.items()]
    lines += [f"{times:>10,}  {title(name)}" for name, times in sorted(report.injected.items())]
    lines += [f"   not run  {title(name)}: {why}" for name, why in report.not_run.items()]
    lines.append(
        f"{report.seconds:>10,.0f}  seconds; all was handled {report.recovered_s:.1f} s after the last"
    )
    return "\n".join(lines)


def page(report: Report) -> str:
    """Return the page that tells of a run."""
    found = asdict(report.findings)
    figures = {words: f"{found[name]:,}" for name, words in WORDS.items()} | {
        "kills": f"{report.kills:,}",
        "restarts of the server": f"{report.restarts:,}",
        "seconds from the last event until all was handled": f"{report.recovered_s:.1f}",
    }
    return PAGE.format(
        seed=report.seed,
        events=report.wanted,
        day=datetime.datetime.now(datetime.UTC).date().isoformat(),
        machine=f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        subscribers=SUBSCRIBERS,
        findings=rows(figures),
        injected=rows({title(name): f"{times:,}" for name, times in sorted(report.injected.items())}),
        elsewhere=rows({what: f"`{where}`" for what, where in ELSEWHERE.items()}),
        never=rows({title(name): f"`{why}`" for name, why in report.not_run.items()} | NEVER),
    )


def title(name: str) -> str:
    """Return a fault in words: the first sentence of what it says of itself."""
    return (faults.BY_NAME[name].__doc__ or name).partition("\n")[0].rstrip(".")


def rows(figures: dict[str, str]) -> str:
    """Return the rows of a table of two columns."""
    return "\n".join(f"| {name} | {value} |" for name, value in figures.items())
