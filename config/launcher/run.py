"""`./dev run`: the site, its worker and its database; Ctrl-C stops all of it."""

from __future__ import annotations

import argparse
import asyncio
import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config import embedded, env, local
from config.embedded.locks import FileLock
from config.launcher import services
from config.launcher.prepare import mark_season
from config.launcher.processes import (
    STOP_S,
    Child,
    adopt_orphans,
    always,
    describe,
    end_leftovers,
    own_signals,
    reap,
    when_killed,
)
from config.launcher.talk import CHECKOUT, Problem, say

HOST = "127.0.0.1"
SEASON = CHECKOUT / "data" / "cwl-2018"
FREE_BYTES_MIN = 50_000_000  # below this the database soon stops
ANSWER_S = 60.0  # for the site's first answer
SHOW_CURSOR = "\x1b[?25h"  # a progress bar that was killed leaves it hidden
MANAGE = [sys.executable, str(CHECKOUT / "manage.py")]


def main(arguments: list[str]) -> int:
    """Run until told to stop; return 0 then."""
    parser = argparse.ArgumentParser(prog="./dev run")
    parser.add_argument("--demo", action="store_true", help="demo account and season also into DATABASE_URL")
    options = parser.parse_args(arguments)
    try:
        port = env.number("PORT", 8000, 1, 65535)
        threads = env.number("WEB_THREADS", 8, 1, 256)
    except ImproperlyConfigured as error:
        raise Problem(str(error)) from error
    demo = options.demo or local.is_demo()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)  # not what we inherited; the event loop takes over later
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    local.DATA.mkdir(exist_ok=True)
    with FileLock(local.DATA / "run.lock") as lock:
        if not lock.attempt():
            raise Problem("./dev run is running in this checkout already.")
        journal = local.DATA / "run.json"
        end_leftovers(recorded(journal))
        check_port(port)
        check_disk()
        adopt_orphans()
        try:
            say(f"{services.database()} is up.")
            facts = prepared(demo)
            return asyncio.run(Run(port, threads, facts, journal).until_stopped())
        finally:
            if not os.environ.get("DATABASE_URL"):
                embedded.let_go()
            reap()


def interrupted(number: int, _: object) -> None:
    """Stop while things are still being prepared."""
    raise KeyboardInterrupt


def check_port(port: int) -> None:
    """Refuse a port that somebody listens on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise Problem(
                f"Port {port} is not open to this user; choose one from 1024 on: PORT=8000."
            ) from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise Problem(f"Port {port} is taken; choose another: PORT={port + 1} ./dev run") from None


def free_port_after(port: int) -> int:
    """Return the port after the site's, or any other where that is taken."""
    for wanted in (port + 1, 0):
        with socket.socket() as probe, suppress(OSError, OverflowError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, wanted))
            found: int = probe.getsockname()[1]
            return found
    raise Problem("No port is free for the streams.")


def check_disk() -> None:
    """Refuse a disk that is full."""
    free = shutil.disk_usage(local.DATA).free
    if free < FREE_BYTES_MIN:
        raise Problem(
            f"The disk is full: {free // 1_000_000} MB are free in {local.DATA}, "
            f"the database needs {FREE_BYTES_MIN // 1_000_000}."
        )


def recorded(journal: Path) -> list[int]:
    """Return the process groups that the last run wrote down."""
    try:
        return [int(group) for group in json.loads(journal.read_text())]
    except (OSError, ValueError):
        return []


def prepared(demo: bool) -> dict[str, Any]:
    """Migrate and collect in a process that is gone afterwards; return what it told."""
    process = subprocess.Popen(
        [sys.executable, "-m", "config.launcher.prepare", *["--demo"] * demo],
        cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=partial(own_signals, os.getpid()), start_new_session=True,
    )  # fmt: skip
    try:
        told, complaint = process.communicate()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode:
        check_disk()
        if "No space left on device" in complaint:
            raise Problem(f"The disk is full: nothing can be written to {local.DATA}.")
        if "ImproperlyConfigured: " in complaint:
            raise Problem(complaint.rpartition("ImproperlyConfigured: ")[2].strip())
        sys.stderr.write(complaint)
        raise Problem("The site cannot be prepared; the reason stands above.")
    sys.stderr.write(complaint)
    facts: dict[str, Any] = json.loads(told)
    return facts


class Run:
    """The processes of one `./dev run`."""

    def __init__(self, port: int, threads: int, facts: dict[str, Any], journal: Path) -> None:
        """Describe the processes; nothing is started yet."""
        self.port = port
        self.facts = facts
        self.journal = journal
        self.stop = asyncio.Event()
        self.problem: Problem | None = None
        self.web = Child("web", [
            sys.executable, "-m", "granian", "config.wsgi:application", "--interface", "wsgi",
            "--host", HOST, "--port", str(port), "--workers", "1", "--blocking-threads", str(threads),
            "--workers-kill-timeout", "5", "--log-level", "error",
        ], again=self.web_again)  # fmt: skip
        live_port = free_port_after(port)
        os.environ.setdefault("LIVE_URL", f"http://{HOST}:{live_port}")
        os.environ.setdefault("LIVE_ORIGINS", f"http://{HOST}:{port},http://localhost:{port}")
        self.live = Child("live", [
            sys.executable, "-m", "granian", "config.asgi:application", "--interface", "asgi",
            "--host", HOST, "--port", str(live_port), "--workers", "1", "--runtime-mode", "st", "--no-ws",
            "--backlog", "4096", "--backpressure", "16384", "--log-level", "error",
            "--workers-kill-timeout", "2",
        ], again=always)  # fmt: skip
        self.worker = Child("worker", [*MANAGE, "worker"], again=always)
        self.webhooks = Child("webhooks", [*MANAGE, "deliver_webhooks"], again=always)
        self.watch = Child("watch", [*MANAGE, "watch"], again=always)
        self.season = Child(
            "season", [*MANAGE, "replay_season", str(SEASON)], again=when_killed, stop_by=signal.SIGINT
        )
        self.children = [self.web, self.live, self.worker, self.webhooks, self.watch, self.season]
        self.tasks: list[asyncio.Task[None]] = []
        self.answered = False

    async def until_stopped(self) -> int:
        """Start everything, wait for a signal, stop everything."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.signalled)
        try:
            self.tasks.append(loop.create_task(self.keep(self.web)))
            self.tasks.append(loop.create_task(self.welcome()))
            await self.stop.wait()
        finally:
            await self.end()
        if self.problem:
            raise self.problem
        return 0

    def signalled(self) -> None:
        """Stop; at the second signal at once."""
        if self.stop.is_set():
            for child in self.children:
                child.kill_group()
        else:
            say("Stopping.")
        self.stop.set()

    async def keep(self, child: Child) -> None:
        """Keep a process running; what it ends with is told."""
        status = await child.run(self.write_journal)
        if child.stopping:
            return
        if child is self.season:
            self.season_ended(status)
        else:
            self.fail(f"{child.name} does not start ({describe(status)}).")

    def write_journal(self) -> None:
        """Write down the process groups, for the next run if this one is killed."""
        groups = [child.process.pid for child in self.children if child.process]
        self.journal.write_text(json.dumps(groups))

    def web_again(self, status: int) -> bool:
        """Start the site again once it has answered; one that never did has a lasting reason."""
        return self.answered or self.web.crashes < 1

    def season_ended(self, status: int) -> None:
        """Remember a season that was played to its end, and tell one that was not."""
        if status == 0:
            mark_season(self.facts["database"])
            say("The season is played.")
            return
        with suppress(Problem):
            check_disk()
            say(f"The season stopped ({describe(status)}); the next ./dev run goes on where it stopped.")
            return
        self.fail(f"The disk is full: nothing can be written to {local.DATA}.")

    def fail(self, reason: str) -> None:
        """Stop everything for a reason."""
        self.problem = Problem(reason)
        self.stop.set()

    async def welcome(self) -> None:
        """Say where the site is as soon as it answers, then let the worker and the season begin."""
        deadline = asyncio.get_running_loop().time() + ANSWER_S
        while not await answers(self.port):
            if asyncio.get_running_loop().time() > deadline:
                self.fail(f"The site does not answer on port {self.port} after {ANSWER_S:.0f} s.")
                return
            await asyncio.sleep(0.05)
        self.answered = True
        sys.stdout.write(self.banner())
        sys.stdout.flush()
        starting = [self.worker, self.live, self.webhooks, self.watch] + (
            [self.season] if self.facts.get("season") else []
        )
        self.tasks += [asyncio.create_task(self.keep(child)) for child in starting]

    def banner(self) -> str:
        """Return the address and how to sign in."""
        lines = ["", f"  DeltaCrown   http://{HOST}:{self.port}/"]
        if self.facts["demo"]:
            password = self.facts["password"]
            lines.append(
                f"  sign in      {self.facts['username']} / {password or '(the password you gave it)'}"
            )
        else:
            lines.append(
                "  no demo      DATABASE_URL or SECRET_KEY is set; --demo adds an account and the season"
            )
        lines += ["  stop         Ctrl-C", ""]
        return "\n".join(lines) + "\n"

    async def end(self) -> None:
        """Stop every process, by force those that do not stop, and wait for all."""
        for child in self.children:
            child.ask_to_stop()
        running = [child.process.wait() for child in self.children if child.process]
        if running:
            await asyncio.wait([asyncio.ensure_future(each) for each in running], timeout=STOP_S)
        for child in self.children:
            child.kill_group()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if sys.stderr.isatty():
            sys.stderr.write(SHOW_CURSOR)
        self.journal.unlink(missing_ok=True)


async def answers(port: int) -> bool:
    """Return whether the site answers a request, whatever it says."""
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    try:
        writer.write(b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        return (await reader.readline()).startswith(b"HTTP/")
    except OSError:
        return False
    finally:
        writer.close()
