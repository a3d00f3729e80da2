"""What players can be told of. An app declares its kinds where it tells them; each has its own switches."""

from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Category(TextChoices):
    """What a kind is about; the page of preferences has a part for each."""

    SOCIAL = "social", _("Players and posts")
    TEAM = "team", _("Teams")
    TOURNAMENT = "tournament", _("Tournaments")
    ECONOMY = "economy", _("DeltaCoins and progress")
    SYSTEM = "system", _("Your account")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notification.

    `together` says it of several at once, with `{actor}` and `{others}`; without it each stands by itself.
    `by_email` is how the switch stands until the player turns it. What is `urgent` is of no use tomorrow: its
    e-mail leaves at once, whatever hours the player chose.
    """

    code: str
    category: Category
    label: Promise
    together: str = ""
    by_email: bool = False
    urgent: bool = False


known: dict[str, Kind] = {}


def declare(
    code: str,
    category: Category,
    label: Promise,
    *,
    together: str = "",
    by_email: bool = False,
    urgent: bool = False,
) -> str:
    """Declare a kind; return its code."""
    known[code] = Kind(code, category, label, together, by_email, urgent)
    return code


GENERIC: Final = declare("generic", Category.SYSTEM, _("Anything else that concerns you"))


def of(code: str) -> Kind:
    """Return the kind with this code; what nobody declared obeys the switches of the generic one."""
    return known.get(code) or known[GENERIC]


def by_category() -> dict[Category, list[Kind]]:
    """Return all kinds, by what they are about."""
    return {
        category: kinds
        for category in Category
        if (kinds := [kind for kind in known.values() if kind.category == category])
    }
