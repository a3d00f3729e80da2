"""How much may be under way at once, so that those who do not answer hold up nobody."""

import asyncio
from collections.abc import Callable

from apps.webhooks.limits import IN_FLIGHT_DOUBTFUL_MAX, LATE_S, TAKEN_MAX, UNDER_WAY_MAX


class Room:
    """Places for messages. What takes long gives its place to others, and keeps no more than a socket."""

    def __init__(self, places: int, freed: Callable[[], None]) -> None:
        """`freed` is called when a place is free again although its message has not come back."""
        self.places = places
        self.freed = freed
        self.quick = 0
        self.late = 0
        self.doubtful = 0

    def free(self) -> int:
        """Return how many messages may be taken now."""
        return min(TAKEN_MAX, self.places - self.quick, UNDER_WAY_MAX - self.quick - self.late)

    def has_doubts(self) -> bool:
        """Tell whether enough is under way to endpoints whose last message did not arrive."""
        return self.doubtful >= IN_FLIGHT_DOUBTFUL_MAX

    def take(self, *, is_doubtful: bool) -> Callable[[], None]:
        """Take a place; return what gives it back."""
        is_late = False

        def give_way() -> None:
            nonlocal is_late
            is_late = True
            self.quick -= 1
            self.late += 1
            self.freed()

        def give_back() -> None:
            timer.cancel()
            self.doubtful -= is_doubtful
            self.quick -= not is_late
            self.late -= is_late

        timer = asyncio.get_running_loop().call_later(LATE_S, give_way)
        self.doubtful += is_doubtful
        self.quick += 1
        return give_back
