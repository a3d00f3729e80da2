"""A player's picture until he uploads one: a cut-gem mask with its own helm, visor and colours."""

from hashlib import blake2s
from random import Random

from apps.web.art.colour import DEEP_HUES, HUES, oklch, tint

# Every part is the left half of a drawing 80 units wide; the right half is its mirror image.
HELMS = (
    "M40 18 22 24 18 46 28 66 40 72Z",
    "M40 20 20 20 16 40 24 62 40 70Z",
    "M40 16 26 20 16 34 20 56 40 74Z",
    "M40 22 24 18 18 36 22 60 32 70 40 70Z",
    "M40 18 18 30 20 52 30 70 40 70Z",
    "M40 20 28 18 17 28 17 54 33 72 40 72Z",
)
CRESTS = (
    "M40 4 34 20 40 26ZM26 8 23 25 33 20Z",
    "M12 6 20 34 32 20Z",
    "M10 20 18 42 24 22Z",
    "M40 5 29 22 40 24Z",
    "M40 8 32 20 40 24ZM18 12 20 28 28 20ZM30 9 25 24 34 22Z",
    "M20 4 24 24 36 20ZM10 16 18 34 22 24Z",
    "M8 34 18 30 17 48Z",
    "M40 6 36 12 36 24 40 24ZM14 12 20 30 26 22Z",
)
VISORS = (
    "M40 42 24 34 25 42 36 48 40 48Z",
    "M35 46 24 40 25 34 37 40Z",
    "M40 38H22V46H36L40 50Z",
    "M36 40 30 34 24 40 30 47Z",
    "M37 45 22 38 26 46 34 49Z",
    "M40 36 23 40 27 48 40 44Z",
    "M25 36 36 43 34 48 26 45Z",
)
JAWS = (
    "M40 56 31 60 40 66Z",
    "M40 54 34 58 36 66 40 66Z",
    "M40 58 27 52 31 62Z",
    "M33 55 31 64 35 67 37 56ZM40 56 39 68 40 69Z",
    "",
)
GROUNDS = ("M0 80 80 0V80Z", "M40 0 80 60V80H0V60Z", "M0 0H80V40L40 64 0 40Z", "M40 10 76 80H4Z")


def avatar_key(user_id: int) -> str:
    """Return the public name of a player's generated picture; it says nothing about the id."""
    return blake2s(f"player:{user_id}".encode(), digest_size=8).hexdigest()


def avatar_svg(key: str) -> str:
    """Draw the picture that belongs to ``key``."""
    draw = Random(f"avatar:{key}")
    helm, crest, visor = draw.choice(HELMS), draw.choice(CRESTS), draw.choice(VISORS)
    jaw, ground = draw.choice(JAWS), draw.choice(GROUNDS)
    hue = HUES[tint(key)]
    back = draw.choice(DEEP_HUES)
    light = hue + draw.choice((40, -40, 150, 180, 210))
    night, dusk = oklch(0.3, 0.07, back), oklch(0.38, 0.09, back)
    lit, shaded = oklch(0.74, 0.15, hue), oklch(0.6, 0.15, hue)
    horn, horn_shaded = oklch(0.86, 0.1, hue), oklch(0.7, 0.13, hue)
    eye, cut = oklch(0.94, 0.12, light), oklch(0.4, 0.11, hue)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="4 3 72 72">'
        f'<path fill="{night}" d="M0 0h80v80H0z"/><path fill="{dusk}" d="{ground}"/>'
        f"{_mirrored(crest, horn, horn_shaded)}{_mirrored(helm, lit, shaded)}"
        f"{_mirrored(jaw, cut, cut)}{_mirrored(visor, eye, eye)}</svg>"
    )


def _mirrored(half: str, left: str, right: str) -> str:
    """Draw a half and its mirror image, each in its own colour: light falls from the left."""
    if not half:
        return ""
    return (
        f'<path fill="{left}" d="{half}"/><path fill="{right}" transform="matrix(-1 0 0 1 80 0)" d="{half}"/>'
    )
