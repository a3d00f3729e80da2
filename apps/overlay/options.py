"""How an overlay looks and what it shows: read from the query of its address, refused in words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.overlay.layouts import FOR_PLAYERS, FOR_TOURNAMENTS, LAYOUTS
from apps.overlay.models import Overlay

THEMES = ("dark", "light", "clear")
ANIMATIONS = ("on", "off")
DELAY_S_MAX = 300
ACCENT = re.compile(r"[0-9a-fA-F]{6}|[0-9a-fA-F]{3}")
ACCENT_DEFAULT = "f0b429"
KNOWN = ("layout", "theme", "accent", "fields", "delay", "anim")


class BadOptions(Exception):
    """The query asks for what there is not; `errors` says by parameter what to write instead."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(f"{name}: {text}" for name, text in self.errors.items()))


@dataclass(frozen=True, slots=True)
class Options:
    """What the query asks for. `fields` are in the order of the layout."""

    layout: str
    fields: tuple[str, ...]
    theme: str = THEMES[0]
    accent: str = ACCENT_DEFAULT
    delay_s: int = 0
    is_animated: bool = True


def layouts_of(overlay: Overlay) -> tuple[str, ...]:
    """Return the layouts that an overlay has, the usual one first."""
    return FOR_PLAYERS if overlay.player_id else FOR_TOURNAMENTS


def read(query: Mapping[str, str], overlay: Overlay) -> Options:
    """Return what a query asks for. Raises BadOptions that names everything that is wrong."""
    errors = {
        name: _("There is no such option. Known are: %s.") % listed(KNOWN) for name in query.keys() - {*KNOWN}
    }
    possible = layouts_of(overlay)
    layout = one_of(query, "layout", possible, errors)
    fields = fields_of(query, layout, errors)
    accent = query.get("accent", ACCENT_DEFAULT)
    if not ACCENT.fullmatch(accent):
        errors["accent"] = _("A colour is three or six hexadecimal digits without #, like f0b429.")
    return checked(
        Options(
            layout,
            fields,
            theme=one_of(query, "theme", THEMES, errors),
            accent=accent.lower(),
            delay_s=delay_of(query, errors),
            is_animated=one_of(query, "anim", ANIMATIONS, errors) == "on",
        ),
        errors,
    )


def checked(options: Options, errors: dict[str, str]) -> Options:
    """Return the options. Raises BadOptions when something was wrong."""
    if errors:
        raise BadOptions(errors)
    return options


def one_of(query: Mapping[str, str], name: str, possible: tuple[str, ...], errors: dict[str, str]) -> str:
    """Return one of the possible words, the first when none is given."""
    word = query.get(name, possible[0])
    if word in possible:
        return word
    errors[name] = _("It is one of: %s.") % listed(possible)
    return possible[0]


def fields_of(query: Mapping[str, str], layout: str, errors: dict[str, str]) -> tuple[str, ...]:
    """Return the fields that are asked for, all when none are named."""
    possible = LAYOUTS[layout].FIELDS
    wanted = {name for name in query["fields"].split(",") if name} if query.get("fields") else {*possible}
    if wanted <= {*possible}:
        return tuple(name for name in possible if name in wanted)
    errors["fields"] = _("Of the layout %(layout)s they are: %(fields)s, by comma.") % {
        "layout": layout,
        "fields": listed(possible),
    }
    return possible


def delay_of(query: Mapping[str, str], errors: dict[str, str]) -> int:
    """Return the delay in seconds."""
    text = query.get("delay", "0")
    if text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= DELAY_S_MAX:
        return int(text)
    errors["delay"] = _("A delay is a whole number of seconds from 0 to %d.") % DELAY_S_MAX
    return 0


def listed(words: tuple[str, ...]) -> str:
    """Return words in a row."""
    return ", ".join(words)
