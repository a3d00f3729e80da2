"""What search engines are told of: only what a viewer who is not signed in may see."""

from collections.abc import Callable, Iterable

from django.urls import reverse

from apps.teams import selectors as teams
from apps.tournaments import selectors as tournaments
from apps.user_profile import selectors as profiles
from apps.user_profile.selectors.privacy import ANONYMOUS, Part, seen_by

IDS_PER_MAP = 5000
"""Ids, not addresses: so a map is found by its number without counting, and stays the same for what is in it.
The protocol allows 50,000 addresses."""
PAGES = ("web:home", "web:tournaments", "web:teams", "web:developers")


def maps() -> list[tuple[str, int]]:
    """Return the maps there are, by kind and number."""
    return [("pages", 0)] + [
        (kind, number)
        for kind, (greatest, _) in sorted(KINDS.items())
        for number in range(greatest() // IDS_PER_MAP + 1)
    ]


def addresses(kind: str, number: int) -> list[str] | None:
    """Return the addresses on a map, or None when there is no such map."""
    if kind == "pages":
        return [reverse(page) for page in PAGES] if number == 0 else None
    if kind not in KINDS:
        return None
    greatest, between = KINDS[kind]
    if number > greatest() // IDS_PER_MAP:
        return None
    first = number * IDS_PER_MAP
    return list(between(first, first + IDS_PER_MAP - 1))


def _players(first: int, last: int) -> Iterable[str]:
    usernames = profiles.usernames_between(first, last)
    seen = seen_by(ANONYMOUS, usernames)
    for user_id, username in usernames.items():
        if seen[user_id].shows(Part.PROFILE) and not seen[user_id].is_private:
            yield reverse("web:player", args=[username])


def _teams(first: int, last: int) -> Iterable[str]:
    for slug in teams.slugs_between(first, last):
        yield reverse("web:team", args=[slug])


def _tournaments(first: int, last: int) -> Iterable[str]:
    for slug in tournaments.slugs_between(first, last):
        yield reverse("web:tournament", args=[slug])


KINDS: dict[str, tuple[Callable[[], int], Callable[[int, int], Iterable[str]]]] = {
    "players": (profiles.greatest_id, _players),
    "teams": (teams.greatest_id, _teams),
    "tournaments": (tournaments.greatest_id, _tournaments),
}
