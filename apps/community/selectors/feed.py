"""The feed: what a player would want to read, window by window, each in the order of his interest.

A window is the newest posts below the one before that are his to read: of those he follows and his teammates,
without end; of strangers who play what he plays or write of what he writes of, as far back as the latest
REACH public posts. Inside a window posts are ranked; what was shown of it is in the cursor. So the ranks may
change while he reads, and still nothing comes twice and nothing is passed over.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core import signing
from django.utils.translation import gettext as _

from apps.community.selectors.candidates import Candidate, Place, candidates
from apps.community.selectors.posts import PER_PAGE, PostView, in_order
from apps.user_profile.selectors.privacy import Viewer

# What counts how many hours of age.
HOURS = {"is_teammate": 8.0, "is_followed": 6.0, "game_id": 4.0, "tag": 2.0}
AFFINITY_MAX, AFFINITY_HOURS = 10, 1.0
OFTEN = 3


class NotYourCursor(ValueError):
    """A cursor that is damaged, or of another player's feed."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of a feed, and the cursor of the next one, None when this is the last."""

    items: Sequence[PostView]
    next: str | None


def feed(viewer_id: int, cursor: str = "", *, latest: bool = False) -> FeedPage:
    """Return a page of a player's feed; `latest` is in the order of time alone. Four queries.

    A window that ends before the page is full costs one more: nothing that is hidden shortens a page.
    Raises NotYourCursor.
    """
    place: Place | None = read_cursor(viewer_id, cursor) if cursor else Place()
    page: list[Candidate] = []
    while place is not None and len(page) < PER_PAGE:
        ends, found = window_of(place, candidates(viewer_id, place))
        unseen = [each for each in found if each.id not in place.shown and not each.is_hidden]
        if not latest:
            unseen.sort(key=lambda each: (score(each), each.id), reverse=True)
        part = unseen[: PER_PAGE - len(page)]
        page += part
        place = following(place, ends, part, is_over=len(part) == len(unseen))
    why = {each.id: reason(viewer_id, each) for each in page}
    items = in_order(Viewer(viewer_id), why) if why else []
    return FeedPage(items, write_cursor(viewer_id, place) if place else None)


def score(each: Candidate) -> float:
    """Return how much a post is wanted, in hours: when it was written, and what speaks for it."""
    own = each.is_followed and each.is_teammate
    wanted = sum(hours for name, hours in HOURS.items() if getattr(each, name)) if not own else 0.0
    wanted += min(each.acts, AFFINITY_MAX) * AFFINITY_HOURS + math.log2(1 + each.warmth)
    return each.created_at.timestamp() / 3600 + wanted


def window_of(place: Place, found: Sequence[Candidate]) -> tuple[Place, Sequence[Candidate]]:
    """Return the ends of a window as it is now, and the posts in it."""
    if not found:
        return place, found
    is_cut = len(found) == place.limit
    inside = found[:-1] if is_cut else found
    low = inside[-1].id if is_cut else place.low
    return Place(min(place.high, found[0].id + 1), low, found[0].floor), inside


def following(place: Place, ends: Place, part: Sequence[Candidate], *, is_over: bool) -> Place | None:
    """Return where it goes on after a part of a window, None when there is no more.

    What was shown stays known until it is above all that is to come: the window may have another end by then.
    """
    shown = sorted({*place.shown, *(each.id for each in part)})
    if not is_over:
        return replace(ends, shown=tuple(shown))
    if not ends.low:
        return None
    low = place.low if place.low < ends.low else 0
    return Place(ends.low, low, ends.floor, tuple(each for each in shown if each < ends.low))


def reason(viewer_id: int, each: Candidate) -> str:
    """Say why a post is in the feed: the strongest reason."""
    if each.author_id == viewer_id:
        return _("You wrote this")
    if each.is_teammate:
        return _("Your teammate")
    if each.is_followed:
        often = each.acts >= OFTEN
        return _("You follow them, and like what they write") if often else _("You follow them")
    if each.game:
        return _("Plays %(game)s, as you do") % {"game": each.game}
    return _("About #%(tag)s, as you write or like") % {"tag": each.tag}


def signer(viewer_id: int) -> signing.Signer:
    """Return what signs the cursors of one player's feed, and of no other."""
    return signing.Signer(sep=".", salt=f"community.feed:{viewer_id}")


def write_cursor(viewer_id: int, place: Place) -> str:
    """Return a place as nobody else can write it; the ids shown as steps from one to the next."""
    steps = [now - before for before, now in zip((place.low, *place.shown), place.shown, strict=False)]
    return signer(viewer_id).sign_object([place.high, place.low, place.floor, *steps], compress=True)


def read_cursor(viewer_id: int, cursor: str) -> Place:
    """Return a place that was written for this player. Raises NotYourCursor."""
    try:
        high, low, floor, *steps = signer(viewer_id).unsign_object(cursor)
    except (signing.BadSignature, ValueError) as error:
        raise NotYourCursor("this cursor is not of your feed: begin at the first page") from error
    shown, last = [], low
    for step in steps:
        last += step
        shown.append(last)
    return Place(high, low, floor, tuple(shown))
