"""One rendering for all who watch the same, and no look that is older than the question."""

import asyncio
import gc
from dataclasses import dataclass, field

from apps.live.channels import State
from apps.live.sharing import Shelf, now


@dataclass(frozen=True)
class Counted:
    """A channel that counts how often it is asked."""

    name: str
    asked: list[int] = field(default_factory=list, compare=False)
    shown: list[int] = field(default_factory=list, compare=False)

    @property
    def hears(self) -> frozenset[str]:
        return frozenset({self.name})

    def facts(self) -> int:
        self.asked.append(1)
        return len(self.asked) // 3

    def show(self, facts: int) -> State:
        self.shown.append(facts)
        return {"facts": facts}


def test_many_ask_once() -> None:
    async def story() -> None:
        channel, shelf = Counted("one"), Shelf()
        shared = shelf.of(channel)
        assert shelf.of(Counted("one")) is shared
        moment = now()
        taken = await asyncio.gather(*(shared.taken(moment) for _ in range(100)))
        shown = await asyncio.gather(*(each.shown.since(moment) for each in taken))
        assert (len(channel.asked), channel.shown) == (1, [0])
        assert len({id(each.value) for each in shown}) == 1
        # A question that is younger than the look is asked again; facts that still stand are the same.
        assert await shared.taken(now()) is taken[0]
        assert len(channel.asked) == 2
        # Others are not, and names may have changed all the same: what is shown is decided anew.
        other = await shared.taken(now())
        assert (other is taken[0], other.facts) == (False, 1)
        await taken[0].shown.since(now())
        assert channel.shown == [0, 0, 1, 0]

    asyncio.run(story())


def test_who_leaves_takes_nothing_away() -> None:
    async def story() -> None:
        channel, shelf = Counted("one"), Shelf()
        shared = shelf.of(channel)
        moment = now()
        leaving = asyncio.create_task(shared.taken(moment))
        staying = asyncio.create_task(shared.taken(moment))
        await asyncio.sleep(0)
        leaving.cancel()
        assert (await staying).facts == 0
        del shared, leaving, staying
        gc.collect()
        assert not shelf.shared

    asyncio.run(story())
