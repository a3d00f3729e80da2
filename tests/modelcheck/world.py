"""PostgreSQL, the emitters, the sequencer and the drain as a model small enough to try every interleaving.

A state is a value; a step is a statement of one session, and gives the next state. Transactions of three
emitters and the turns of two workers are cut into their statements; `steps` yields what can come next. One
worker may die, between any two of its statements. What is modelled is what the rules of the backbone are
about: transaction ids, snapshots as PostgreSQL makes them, ids that are drawn before the commit, row locks
and the advisory lock. `Rules` says which of them hold; one that is off must lead to a state that is wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

FREE = -1


class Snapshot(NamedTuple):
    """`pg_snapshot`: what is at or above `xmax` had not begun, what is in `running` was under way."""

    xmax: int
    running: frozenset[int]

    def sees(self, xid: int) -> bool:
        """`pg_visible_in_snapshot`."""
        return xid < self.xmax and xid not in self.running


class Row(NamedTuple):
    """A row of the log; `turn` counts the transactions that had the key's lock, the true order."""

    id: int
    xid: int
    key: str
    turn: int


class Emitter(NamedTuple):
    """A transaction that changes the row of a key and says so."""

    at: int = 0
    xid: int = 0


class Worker(NamedTuple):
    """A worker and what its turn has read so far."""

    at: str = "idle"
    xid: int = 0
    upto: Snapshot | None = None
    since: Snapshot | None = None
    position: int = 0
    head: int = 0
    page: tuple[int, ...] = ()
    emitted: tuple[Row, ...] = ()


class State(NamedTuple):
    """The database and everybody who works on it."""

    emitters: tuple[Emitter, ...]
    workers: tuple[Worker, Worker] = (Worker(), Worker())
    next_xid: int = 1
    completed: int = 0
    running: frozenset[int] = frozenset()
    next_id: int = 1
    log: tuple[Row, ...] = ()
    holders: tuple[int, int] = (FREE, FREE)
    turns: tuple[int, int] = (0, 0)
    stream: tuple[int, ...] = ()
    since: Snapshot = Snapshot(0, frozenset())
    stamping: int = FREE
    draining: int = FREE
    position: int = 0
    effects: tuple[int, ...] = ()
    deaths: int = 0

    def snapshot(self, own: int = 0) -> Snapshot:
        """`pg_current_snapshot()`: it ends after the last transaction that finished, but for the own."""
        xmax = self.completed + 1
        return Snapshot(xmax, frozenset(xid for xid in self.running if xid < xmax and xid != own))

    def committed(self) -> tuple[Row, ...]:
        """What a statement sees that begins now; rows of a rollback are gone already."""
        return tuple(row for row in self.log if row.xid not in self.running)

    def begun(self) -> tuple["State", int]:
        """Draw a transaction id."""
        xid = self.next_xid
        return self._replace(next_xid=xid + 1, running=self.running | {xid}), xid

    def ended(self, xid: int, *, kept: bool = True) -> "State":
        """Finish a transaction; a rollback takes its rows with it."""
        if not xid:
            return self
        return self._replace(
            running=self.running - {xid},
            completed=max(self.completed, xid),
            log=self.log if kept else tuple(row for row in self.log if row.xid != xid),
        )


@dataclass(frozen=True)
class Rules:
    """The rules of the backbone, each by name; all hold unless a mutant switches one off."""

    windows_by_snapshot: bool = True
    gate_at_the_oldest: bool = False
    upto_before_the_rows: bool = True
    since_after_the_lock: bool = True
    ids_in_order_of_drawing: bool = True
    lock_before_the_event: bool = True
    head_before_the_page: bool = True
    one_drain_at_a_time: bool = True
    position_with_the_effect: bool = True
    # Not rules, but how much may happen.
    deaths: int = 1
    answers: bool = True


def canonical(state: State) -> State:
    """Return the state that stands for all that differ only in the names of transactions and workers.

    Of transaction ids only the order counts, so they are numbered anew; those of rows that are in the stream
    count no more. The two workers are interchangeable.
    """
    stamped = set(state.stream)
    log = tuple(row._replace(xid=0) if row.id in stamped else row for row in state.log)
    snapshots = [state.since, *(one for each in state.workers for one in (each.upto, each.since) if one)]
    used = {0, state.completed + 1, state.next_xid, *state.running, *(row.xid for row in log)}
    used.update(*({one.xmax, *one.running} for one in snapshots))
    rank = {xid: number for number, xid in enumerate(sorted(used))}

    def renamed(snapshot: Snapshot | None) -> Snapshot | None:
        if snapshot is None:
            return None
        return Snapshot(rank[snapshot.xmax], frozenset(rank[xid] for xid in snapshot.running))

    first, second = (
        each._replace(xid=rank.get(each.xid, 0), upto=renamed(each.upto), since=renamed(each.since))
        for each in state.workers
    )
    stamping, draining = state.stamping, state.draining
    if (second.at, second.position, second.head) < (first.at, first.position, first.head):
        first, second = second, first
        stamping, draining = (one if one == FREE else 1 - one for one in (stamping, draining))
    return state._replace(
        emitters=tuple(each._replace(xid=rank.get(each.xid, 0)) for each in state.emitters),
        workers=(first, second),
        next_xid=rank[state.next_xid],
        completed=rank[state.completed + 1] - 1,
        running=frozenset(rank[xid] for xid in state.running),
        log=tuple(row._replace(xid=rank[row.xid]) for row in log),
        since=renamed(state.since) or state.since,
        stamping=stamping,
        draining=draining,
    )


# Which key each emitter changes; the first writes elsewhere before, so that its transaction id is old, the
# last rolls back or not.
KEYS = (0, 0, 1)
EARLY = 0
FICKLE = 2
# The handler answers the first event of this key with an event of its own.
ANSWERED, ANSWER = 0, "answer"


def steps(state: State, rules: Rules) -> Iterator[State]:
    """Yield every state that one statement of somebody leads to."""
    for number, emitter in enumerate(state.emitters):
        yield from emit(state, rules, number, emitter)
    for number, worker in enumerate(state.workers):
        yield from work(state, rules, number, worker)
        if worker.at != "idle" and state.deaths < rules.deaths:
            yield die(state, number, worker)


def emit(state: State, rules: Rules, number: int, emitter: Emitter) -> Iterator[State]:
    """Take an emitter's next step: write elsewhere, lock the key's row, insert the event, commit."""
    key = KEYS[number]
    if emitter.at == 0:
        if number == EARLY:
            state, xid = state.begun()
            emitter = emitter._replace(xid=xid)
        yield put(state, number, emitter._replace(at=1))
    elif emitter.at in (1, 2):
        locking = (emitter.at == 1) == rules.lock_before_the_event
        if locking and state.holders[key] != FREE:
            return
        if not emitter.xid:
            state, xid = state.begun()
            emitter = emitter._replace(xid=xid)
        state = lock(state, key, number) if locking else insert(state, rules, number, emitter)
        yield put(state, number, emitter._replace(at=emitter.at + 1))
    elif emitter.at == 3:
        for kept in (True, False) if number == FICKLE else (True,):
            ended = state.ended(emitter.xid, kept=kept)
            holders = change(ended.holders, key, FREE)
            yield put(ended._replace(holders=holders), number, emitter._replace(at=4))


def lock(state: State, key: int, number: int) -> State:
    """Take the key's row; with the lock comes the turn of whoever holds it."""
    return state._replace(
        holders=change(state.holders, key, number), turns=change(state.turns, key, state.turns[key] + 1)
    )._replace(
        log=tuple(
            row._replace(turn=state.turns[key] + 1) if is_early(row, state, number) else row
            for row in state.log
        )
    )


def is_early(row: Row, state: State, number: int) -> bool:
    """Tell whether an emitter wrote this row before it had the lock."""
    return row.turn == 0 and row.xid == state.emitters[number].xid


def insert(state: State, rules: Rules, number: int, emitter: Emitter) -> State:
    """Draw an id and write the event."""
    key = KEYS[number]
    # With CACHE each session draws from a block of its own, and the first to come may have the later block.
    drawn = state.next_id if rules.ids_in_order_of_drawing else 100 - 10 * state.next_id
    turn = state.turns[key] if rules.lock_before_the_event else 0
    row = Row(drawn, emitter.xid, f"key {key}", turn)
    return state._replace(next_id=state.next_id + 1, log=(*state.log, row))


def work(state: State, rules: Rules, number: int, worker: Worker) -> Iterator[State]:
    """Take a worker's next step."""
    at = worker.at
    if at == "idle":
        if state.stamping == FREE or not rules.since_after_the_lock:
            yield begin_stamping(state, rules, number, worker)
        if state.position < len(state.stream) and (state.draining == FREE or not rules.one_drain_at_a_time):
            state, xid = state.begun()
            yield put_worker(
                state._replace(draining=number),
                number,
                worker._replace(at="page", xid=xid, position=state.position, head=len(state.stream)),
            )
    elif at in ("upto", "since", "rows", "lock"):
        yield from stamp(state, rules, number, worker)
    elif at == "stamped":
        stream = (*state.stream, *worker.page)
        state = state.ended(worker.xid)._replace(stream=stream, stamping=FREE)
        if worker.page and worker.upto:
            state = state._replace(since=worker.upto)
        yield put_worker(state, number, Worker())
    else:
        yield from drain(state, rules, number, worker)


def begin_stamping(state: State, rules: Rules, number: int, worker: Worker) -> State:
    """Take the advisory lock, which needs no transaction id."""
    if not rules.since_after_the_lock:
        return put_worker(state, number, worker._replace(at="lock", since=state.since))
    return put_worker(state._replace(stamping=number), number, worker._replace(at="upto"))


def stamp(state: State, rules: Rules, number: int, worker: Worker) -> Iterator[State]:
    """Take the snapshot, read where the last window ended, and stamp what lies between."""
    if worker.at == "lock":
        if state.stamping == FREE:
            yield put_worker(state._replace(stamping=number), number, worker._replace(at="upto"))
    elif worker.at == "upto":
        upto = state.snapshot() if rules.upto_before_the_rows else None
        yield put_worker(state, number, worker._replace(at="since", upto=upto))
    elif worker.at == "since":
        since = worker.since or state.since
        yield put_worker(state, number, worker._replace(at="rows", since=since))
    elif worker.upto is None and worker.page:
        yield put_worker(state, number, worker._replace(at="stamped", upto=state.snapshot(worker.xid)))
    else:
        page = window(state, rules, worker)
        if not page:
            yield put_worker(state._replace(stamping=FREE), number, Worker())
            return
        state, xid = state.begun()
        at = "stamped" if worker.upto else "rows"
        yield put_worker(state, number, worker._replace(at=at, xid=xid, page=page))


def window(state: State, rules: Rules, worker: Worker) -> tuple[int, ...]:
    """Return the ids of the events that get the next positions, in order."""
    rows = state.committed()
    if rules.gate_at_the_oldest:
        oldest = min(state.running, default=state.next_xid)
        fresh = [row for row in rows if row.xid < oldest and row.id not in state.stream]
        return tuple(row.id for row in sorted(fresh, key=lambda row: (row.xid, row.id)))
    if not rules.windows_by_snapshot:
        return tuple(sorted(row.id for row in rows if row.id > max(state.stream, default=0)))
    assert worker.since is not None
    upto = worker.upto or Snapshot(state.next_xid, frozenset())
    return tuple(sorted(row.id for row in rows if upto.sees(row.xid) and not worker.since.sees(row.xid)))


def drain(state: State, rules: Rules, number: int, worker: Worker) -> Iterator[State]:
    """Read the page, run the handler, and commit its effects with the position."""
    if worker.at == "page":
        at = "handle" if rules.head_before_the_page else "head"
        page = state.stream[worker.position : worker.head if rules.head_before_the_page else None]
        yield put_worker(state, number, worker._replace(at=at, page=page))
    elif worker.at == "head":
        yield put_worker(state, number, worker._replace(at="handle", head=len(state.stream)))
    elif worker.at == "handle":
        if not rules.position_with_the_effect:
            state = state._replace(position=worker.head)
        state, emitted = answer(state, worker) if rules.answers else (state, ())
        yield put_worker(state._replace(log=(*state.log, *emitted)), number, worker._replace(at="commit"))
    elif worker.at == "commit":
        state = state.ended(worker.xid)._replace(
            effects=(*state.effects, *worker.page), position=worker.head, draining=FREE
        )
        yield put_worker(state, number, Worker())


def answer(state: State, worker: Worker) -> tuple[State, tuple[Row, ...]]:
    """Emit from the handler, in the transaction of its effects."""
    rows = {row.id: row for row in state.log}
    first = next((row.id for row in state.log if row.key == f"key {ANSWERED}"), None)
    if first not in worker.page:
        return state, ()
    drawn = state.next_id
    return state._replace(next_id=drawn + 1), (Row(drawn + 1000, worker.xid, ANSWER, rows[first].turn),)


def die(state: State, number: int, worker: Worker) -> State:
    """Kill a worker: the server rolls its transaction back and frees its locks."""
    state = state.ended(worker.xid, kept=False)
    return put_worker(
        state._replace(
            deaths=state.deaths + 1,
            stamping=FREE if state.stamping == number else state.stamping,
            draining=FREE if state.draining == number else state.draining,
        ),
        number,
        Worker(),
    )


def put(state: State, number: int, emitter: Emitter) -> State:
    """Return the state with another emitter in its place."""
    return state._replace(emitters=change(state.emitters, number, emitter))


def put_worker(state: State, number: int, worker: Worker) -> State:
    """Return the state with another worker in its place; which of the two is which makes no difference."""
    return state._replace(workers=change(state.workers, number, worker))


def change[T](values: tuple[T, ...], number: int, value: T) -> tuple[T, ...]:
    """Return a tuple with one value changed."""
    return (*values[:number], value, *values[number + 1 :])
