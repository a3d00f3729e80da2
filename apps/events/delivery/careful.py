"""The second pass over a batch that failed: find the culprits, keep everybody else's effects."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction

from apps.events.delivery import failures
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
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def run(subscriber: Subscriber, entries: Sequence[Entry]) -> list[float]:
    """Decode entries and hand them to the handler; return how many milliseconds each took.

    Raises HandlerFailed naming an entry that cannot be decoded or whose per-event handler failed.
    """
    events = []
    for index, entry in enumerate(entries):
        try:
            events.append(entry.decode())
        except ValueError as error:
            raise HandlerFailed(index) from error
        except TypeError as error:
            raise HandlerFailed(index) from error
    return subscriber.run(events)


class CarefulPass:
    """Handles entries under savepoints.

    Afterwards `handled` holds the others with how long each took, and `failed` one entry per failing key.
    """

    def __init__(self, subscriber: Subscriber) -> None:
        self.subscriber = subscriber
        self.handled: list[tuple[Entry, float]] = []
        self.failed: dict[str, tuple[Entry, BaseException]] = {}

    def sides(self) -> tuple[list[Entry], list[float]]:
        """Return what was handled, and beside it how long each took."""
        return [entry for entry, _ in self.handled], [ms for _, ms in self.handled]

    def over(self, entries: Sequence[Entry]) -> None:
        """Handle all entries whose key has not failed before them."""
        length = len(entries) if self.subscriber.batch else RUN_LENGTH
        for start in range(0, len(entries), length):
            self.attempt(entries[start : start + length])

    def attempt(self, entries: Sequence[Entry]) -> None:
        """Handle entries in one savepoint; on failure go round the culprit, or halve when nobody is named."""
        entries = [entry for entry in entries if entry.key not in self.failed]
        if not entries:
            return
        try:
            with checked_savepoint():
                durations = run(self.subscriber, entries)
        except Exception as error:
            if failures.is_nobodys_fault(error):
                raise
            index = failures.culprit(error, entries)
            if index is None:
                middle = len(entries) // 2
                self.attempt(entries[:middle])
                self.attempt(entries[middle:])
            else:
                self.attempt(entries[:index])
                self.note(entries[index], error)
                self.attempt(entries[index + 1 :])
        else:
            self.handled += zip(entries, durations, strict=True)

    def try_out(self, entries: Sequence[Entry]) -> None:
        """Handle entries, note what fails, and leave no effect behind."""
        with transaction.atomic():
            self.over(entries)
            transaction.set_rollback(True)

    def note(self, entry: Entry, error: BaseException) -> None:
        """Remember a failure, unless an earlier event of the same key failed meanwhile."""
        self.failed.setdefault(entry.key, (entry, error))
