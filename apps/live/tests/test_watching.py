"""Who watches the same is told the same bytes; who is slow, comes late or wants it late misses nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from apps.live.channels import State, Watch
from apps.live.hub import Hub
from apps.live.listening import Listener
from apps.live.watching import Audience, House, attend

SUBJECT = "user:1"


@dataclass(frozen=True)
class Board:
    """A channel that shows what a test writes on it; nothing, when that is None."""

    name: str = "board"
    written: list[Any] = field(default_factory=lambda: [1], compare=False)
    hidden: list[bool] = field(default_factory=list, compare=False)
    asked: list[int] = field(default_factory=list, compare=False)
    shown: list[Any] = field(default_factory=list, compare=False)

    @property
    def hears(self) -> frozenset[str]:
        return frozenset({SUBJECT})

    def facts(self) -> Any:
        self.asked.append(1)
        return self.written[-1]

    def show(self, facts: Any) -> State:
        self.shown.append(facts)
        return {"facts": None if self.hidden else facts}


@dataclass
class Reader:
    """A browser: what it got, and whether it reads."""

    got: list[bytes] = field(default_factory=list)
    reads: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        self.got.append(message["body"])


class Scene:
    """An audience, and readers in it."""

    def __init__(self, delay_s: float = 0.0) -> None:
        self.hub, self.board = Hub(), Board()
        self.house = House(self.hub)
        self.watch = Watch(self.board, delay_s)
        self.tasks: list[asyncio.Task[None]] = []

    async def reader(self, *, reads: bool = True) -> Reader:
        """Let somebody come."""
        one = Reader()
        if reads:
            one.reads.set()
        self.tasks.append(asyncio.create_task(self.attending(one)))
        await asyncio.sleep(0)
        return one

    async def attending(self, reader: Reader) -> None:
        with self.house.seat(self.watch, self.board.hears) as audience:
            await audience.look(asyncio.get_running_loop().time())
            await attend(audience, Listener(reader.send))

    def write(self, facts: Any) -> None:
        """Change what there is to see, and say so."""
        self.board.written.append(facts)
        self.ring()

    def ring(self) -> None:
        self.hub.ring_for(SUBJECT, asyncio.get_running_loop().time())

    @property
    def audience(self) -> Audience:
        [only] = self.house.audiences.values()
        return only


def play(story: Callable[[Scene], Awaitable[None]], delay_s: float = 0.0) -> None:
    """Run a story to its end, and see that nothing is left of it."""

    async def whole() -> None:
        scene = Scene(delay_s)
        await story(scene)
        for task in scene.tasks:
            task.cancel()
        await asyncio.gather(*scene.tasks, return_exceptions=True)
        assert (scene.house.audiences, scene.hub.bells) == ({}, {})

    asyncio.run(asyncio.wait_for(whole(), 10))


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.001)


def said(facts: Any, event: str = "state", position: int = 0) -> bytes:
    text = "null" if facts is None else str(facts)
    return f'id: {position}\nevent: {event}\ndata: {{"facts": {text}}}\n\n'.encode()


def test_all_are_told_the_same_bytes() -> None:
    async def story(scene: Scene) -> None:
        readers = [await scene.reader() for _ in range(100)]
        await until(lambda: all(each.got for each in readers))
        asked = len(scene.board.asked)
        assert asked < 20
        shown = len(scene.board.shown)
        scene.write(2)
        await until(lambda: all(len(each.got) == 2 for each in readers))
        assert (len(scene.board.asked), scene.board.shown[shown:]) == (asked + 1, [2])
        assert len({id(each.got[1]) for each in readers}) == 1
        assert readers[0].got == [said(1, "snapshot"), said(2)]
        # Nothing is said again, and names are asked anew all the same: somebody may hide his.
        scene.ring()
        await until(lambda: len(scene.board.asked) == asked + 2)
        scene.board.hidden.append(True)
        scene.ring()
        await until(lambda: all(len(each.got) == 3 for each in readers))
        assert readers[0].got[2] == said(None)
        # Who comes later gets how things stand, under the position of now.
        scene.hub.position = 7
        late = await scene.reader()
        await until(lambda: bool(late.got))
        assert late.got == [said(None, "snapshot", 7)]

    play(story)


def test_who_reads_slowly_gets_the_last_word() -> None:
    async def story(scene: Scene) -> None:
        slow, quick = await scene.reader(reads=False), await scene.reader()
        for facts in (2, 3, 4):
            await until(lambda: scene.audience.said is not None and quick.got != [])
            scene.write(facts)
            await until(lambda facts=facts: quick.got[-1] == said(facts))  # type: ignore[misc]
        assert slow.got == []
        slow.reads.set()
        await until(lambda: len(slow.got) == 2)
        assert slow.got == [said(1, "snapshot"), said(4)]

    play(story)


def test_the_end_is_the_last_that_all_hear() -> None:
    async def story(scene: Scene) -> None:
        readers = [await scene.reader() for _ in range(3)]
        await until(lambda: all(each.got for each in readers))
        scene.write(None)
        await asyncio.gather(*scene.tasks)
        assert {each.got[1] for each in readers} == {b"id: 0\nevent: gone\ndata: {}\n\n"}
        assert {each.got[2] for each in readers} == {b""}
        scene.tasks.clear()
        # What is there again has another audience.
        scene.board.written.append(5)
        back = await scene.reader()
        await until(lambda: bool(back.got))
        assert back.got == [said(5, "snapshot")]

    play(story)


def test_facts_are_late_and_privacy_is_not() -> None:
    async def story(scene: Scene) -> None:
        reader = await scene.reader()
        await until(lambda: len(scene.board.asked) == 1 and bool(scene.audience.waiting))
        scene.write(2)
        await until(lambda: len(scene.audience.waiting) == 2)
        assert reader.got == []
        scene.board.hidden.append(True)
        await until(lambda: len(reader.got) == 1)
        assert reader.got == [said(None, "snapshot")]

    play(story, delay_s=0.2)


def test_what_fails_ends_every_stream() -> None:
    async def story(scene: Scene) -> None:
        readers = [await scene.reader() for _ in range(2)]
        await until(lambda: all(each.got for each in readers))
        scene.board.written.clear()
        scene.ring()
        done = await asyncio.gather(*scene.tasks, return_exceptions=True)
        assert {type(each) for each in done} == {IndexError}
        scene.tasks.clear()

    play(story)
