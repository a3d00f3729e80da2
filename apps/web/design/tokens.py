"""The tokens as `tokens.css` has them, with the contrast that each colour reaches."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from apps.web.art.colour import contrast, oklch

SHEET = Path(__file__).parent.parent / "static" / "web" / "css" / "tokens.css"
OKLCH = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
COLOUR = re.compile(rf"--([\w-]+): (?:light-dark\({OKLCH}, {OKLCH}\)|{OKLCH});")
LENGTH = re.compile(r"--((?:space|radius)-\w+): ([\d.]+)rem;")
SIZE = re.compile(r"--text-(\w+): ([^;]+);")
PX_PER_REM = 16

TEXT_LEAST, MARK_LEAST = 4.5, 3.0
"""WCAG 2.2: 1.4.3 for words, 1.4.11 for what is not words."""
GROUNDS = ("ground", "surface", "surface-raised", "surface-sunk")
# Each colour that is read, with all that it stands on and the contrast it has to reach there.
READ: dict[str, tuple[tuple[str, ...], float]] = {
    "ink": (GROUNDS, TEXT_LEAST),
    "ink-soft": (GROUNDS, TEXT_LEAST),
    "ink-faint": (GROUNDS, TEXT_LEAST),
    "iris": ((*GROUNDS, "iris-wash"), TEXT_LEAST),
    "on-iris": (("iris-fill", "iris-fill-hover", "danger-fill"), TEXT_LEAST),
    "gold": ((*GROUNDS, "gold-wash"), TEXT_LEAST),
    "on-gold": (("gold-fill", "gold-fill-hover"), TEXT_LEAST),
    "gold-mark": (GROUNDS, MARK_LEAST),
    "silver": (("surface",), TEXT_LEAST),
    "bronze": (("surface",), TEXT_LEAST),
    "win": (("surface", "win-wash"), TEXT_LEAST),
    "loss": (("surface", "loss-wash"), TEXT_LEAST),
    "live": (("surface", "live-wash"), TEXT_LEAST),
    "line-strong": (("ground", "surface", "surface-sunk"), MARK_LEAST),
}


@dataclass(frozen=True)
class Shade:
    """A colour in one scheme, on the background where it stands out least."""

    hex: str
    background: str
    background_hex: str
    ratio: float


@dataclass(frozen=True)
class Colour:
    """A colour that is read, and how well."""

    name: str
    least: float
    light: Shade
    dark: Shade

    @property
    def shades(self) -> tuple[Shade, Shade]:
        """Both schemes."""
        return self.light, self.dark


@dataclass(frozen=True)
class Fill:
    """A colour that others stand on."""

    name: str
    light: str
    dark: str


@dataclass(frozen=True)
class Length:
    """A step of a scale."""

    name: str
    rem: float

    @property
    def px(self) -> float:
        """How long it is where the reader changed nothing."""
        return self.rem * PX_PER_REM


Palette = dict[str, tuple[str, str]]
"""By name, without the dashes: the colour by day and by night, as hex."""


@cache
def palette(*, more_contrast: bool = False) -> Palette:
    """Return the opaque colours, or those of a reader who asks for more contrast."""
    plain, more, *_ = SHEET.read_text().split("@media")
    return _colours(plain) | (_colours(more) if more_contrast else {})


def colours(*, more_contrast: bool = False) -> list[Colour]:
    """Return every colour that is read, at its worst."""
    known = palette(more_contrast=more_contrast)
    return [
        Colour(name, least, _worst(known, name, grounds, 0), _worst(known, name, grounds, 1))
        for name, (grounds, least) in READ.items()
    ]


def fills() -> list[Fill]:
    """Return every colour that is no colour of words."""
    return [Fill(name, light, dark) for name, (light, dark) in palette().items() if name not in READ]


def lengths(kind: str) -> list[Length]:
    """Return the steps of `space` or `radius`; the pill is no step."""
    found = LENGTH.findall(SHEET.read_text())
    return [
        Length(name, float(rem)) for name, rem in found if name.startswith(kind) and name != "radius-pill"
    ]


def sizes() -> list[tuple[str, str]]:
    """Return the type scale: names and sizes."""
    return SIZE.findall(SHEET.read_text())


def _colours(text: str) -> Palette:
    found: Palette = {}
    for name, *numbers in COLOUR.findall(text):
        values = [float(number) for number in numbers if number]
        light, dark = values[:3], values[-3:]
        found[name] = oklch(*light), oklch(*dark)
    return found


def _worst(known: Palette, name: str, grounds: tuple[str, ...], scheme: int) -> Shade:
    own = known[name][scheme]
    ratio, ground = min((contrast(own, known[ground][scheme]), ground) for ground in grounds)
    return Shade(own, ground, known[ground][scheme], ratio)
