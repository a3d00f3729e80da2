"""The second pass over a batch that failed: find the culprits, keep everybody else's effects."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction

from apps.events.delivery import failures
from apps.events.envelope import Event
from apps.events.stream import Entry
from apps.events.subscriptions import HandlerFailed, Subscriber

# How many events of a per-event handler share a savepoint: a failure redoes no more than these.
RUN_LENGTH = 32


@contextmanager
def checked_savepoint() -> Iterator[None]:
    """Open a savepoint that ends with every deferred constraint checked.

    Django's foreign keys are deferred to the COMMIT, where nobody could tell which event broke them.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def run(
    subscriber: Subscriber, entries: Sequence[Entry], decoded: dict[int, Event] | None = None
) -> list[float]:
    """Decode entries and hand them to the handler; return how many milliseconds each took.

    What was `decoded` before, by position, is not decoded again.
    Raises HandlerFailed naming an entry that cannot be decoded or whose per-event handler failed.
    """
    known = {} if decoded is None else decoded
    for index, entry in enumerate(entries):
        if entry.position in known:
            continue
        try:
            known[entry.position] = entry.decode()
        except ValueError as error:
            raise HandlerFailed(index) from error
        except TypeError as error:
            raise HandlerFailed(index) from error
    return subscriber.run([known[entry.position] for entry in entries])


class CarefulPass:
    """Handles entries under savepoints.

    Afterwards `handled` holds the others with how long each took, and `failed` one entry per failing key.
    """

    def __init__(self, subscriber: Subscriber) -> None:
        self.subscriber = subscriber
        self.handled: list[tuple[Entry, float]] = []
        self.failed: dict[str, tuple[Entry, BaseException]] = {}
        self.decoded: dict[int, Event] = {}

    def sides(self) -> tuple[list[Entry], list[float]]:
        """Return what was handled, and beside it how long each took."""
        return [entry for entry, _ in self.handled], [ms for _, ms in self.handled]

    def over(self, entries: Sequence[Entry]) -> None:
        """Handle all entries whose key has not failed before them."""
        length = len(entries) if self.subscriber.batch else RUN_LENGTH
        for start in range(0, len(entries), length):
            self.attempt(entries[start : start + length])

    def attempt(self, entries: Sequence[Entry]) -> None:
        """Handle entries in a savepoint; on failure go round the culprits, or halve when nobody is named."""
        waiting = [entries]
        while waiting:
            some = [entry for entry in waiting.pop() if self.is_open(entry)]
            error = self.handle(some) if some else None
            if error is not None:
                waiting += reversed(self.without_culprits(some, error))

    def handle(self, entries: Sequence[Entry]) -> Exception | None:
        """Handle entries in a savepoint; return what failed.

        It is returned and not dealt with here: what fails next would else name it as its context, and the
        last of many failures would tell of all before it.
        """
        try:
            with checked_savepoint():
                durations = run(self.subscriber, entries, self.decoded)
        except Exception as error:
            if failures.is_nobodys_fault(error):
                raise
            return error
        self.handled += zip(entries, durations, strict=True)
        return None

    def without_culprits(self, entries: Sequence[Entry], error: Exception) -> list[Sequence[Entry]]:
        """Note whom a failure names; return what is to be attempted next, in order."""
        culprits = failures.culprits(error, entries)
        for index in culprits:
            self.note(entries[index], error)
        if not culprits:
            middle = len(entries) // 2
            return [entries[:middle], entries[middle:]]
        if self.subscriber.batch:
            return [entries]  # all others at once: each attempt is one call
        [index] = culprits
        return [entries[:index], entries[index + 1 :]]

    def is_open(self, entry: Entry) -> bool:
        """Tell whether an entry may be handled here: nothing before it in its key has failed."""
        return entry.key not in self.failed or entry.position < self.failed[entry.key][0].position

    def try_out(self, entries: Sequence[Entry]) -> None:
        """Handle entries, note what fails, and leave no effect behind."""
        with transaction.atomic():
            self.over(entries)
            transaction.set_rollback(True)

    def note(self, entry: Entry, error: BaseException) -> None:
        """Remember a failure, unless an earlier event of the same key has failed."""
        if self.is_open(entry):
            self.failed[entry.key] = (entry, error)
