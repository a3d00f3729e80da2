"""What staff saw that was hidden from others is written down, before the answer leaves."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from apps.user_profile.models import StaffLook

type Looks = dict[tuple[int, int], set[str]]

_looks: ContextVar[Looks | None] = ContextVar("staff_looks", default=None)


@contextmanager
def noting() -> Iterator[None]:
    """Collect the looks of one request; they are written, in one statement, at the end of the block."""
    looks: Looks = defaultdict(set)
    token = _looks.set(looks)
    try:
        yield
    finally:
        _looks.reset(token)
    write(looks)


def note(*, staff_id: int, user_id: int, part: str) -> None:
    """Note that a member of staff sees a part of a player; outside of a request it is written at once."""
    looks = _looks.get()
    if looks is None:
        write({(staff_id, user_id): {part}})
    else:
        looks[staff_id, user_id].add(part)


def write(looks: Looks) -> None:
    """Write looks down."""
    if looks:
        StaffLook.objects.bulk_create(
            StaffLook(staff_id=staff_id, user_id=user_id, parts=sorted(parts))
            for (staff_id, user_id), parts in looks.items()
        )
