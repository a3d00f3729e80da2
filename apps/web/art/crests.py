"""A team's crest until it uploads one: a shield, divided the heralds' way, that carries the tag."""

from hashlib import blake2s
from random import Random
from xml.sax.saxutils import escape

from apps.web.art.colour import HUES, oklch, tint

LETTERS_MAX = 5
# The display face of the site, as a picture can name it.
FACE = (
    "Bahnschrift,DIN Alternate,Avenir Next Condensed,Roboto Condensed,Liberation Sans Narrow,Arial Narrow,"
    "sans-serif"
)
SHIELDS = (
    "M40 3 73 12V40C73 58 59 70 40 77 21 70 7 58 7 40V12Z",
    "M9 5H71V43C71 60 56 69 40 77 24 69 9 60 9 43Z",
    "M40 2 71 20V58L40 78 9 58V20Z",
    "M12 5H68L76 34 40 78 4 34Z",
    "M8 7C19 9 30 8 40 3 50 8 61 9 72 7V42C72 60 57 70 40 77 23 70 8 60 8 42Z",
)
DIVISIONS = (
    "M40 0H80V80H40Z",
    "M0 80 80 0V80Z",
    "M0 0 80 80H0Z",
    "M40 8 80 56V80L40 34 0 80V56Z",
    "M0 0H80V24H0Z",
    "M0 52 40 78 80 52V80H0Z",
    "M26 0H54V80H26Z",
    "M40 0H80V40H40ZM0 40H40V80H0Z",
    "M40 0 80 80H0Z",
)


def crest_key(team_id: int) -> str:
    """Return the public name of a team's generated colours."""
    return blake2s(f"team:{team_id}".encode(), digest_size=8).hexdigest()


def crest_letters(tag: str, name: str = "") -> str:
    """Return one to five capitals for the shield: the tag, the initials of ``name``, or a delta."""
    initials = "".join(word[0] for word in name.split())
    for source in (tag, initials):
        if letters := "".join(sign for sign in source if sign.isalnum())[:LETTERS_MAX].upper():
            return letters
    return "Δ"


def crest_svg(key: str, letters: str) -> str:
    """Draw the shield that belongs to ``key`` with ``letters`` on it."""
    draw = Random(f"crest:{key}")
    shield, division = draw.choice(SHIELDS), draw.choice(DIVISIONS)
    hue = HUES[tint(key)]
    other = hue + draw.choice((0, 0, 35, -35, 150, 180))
    field, second = oklch(0.36, 0.11, hue), oklch(0.52, 0.15, other)
    rim = oklch(0.82, 0.14, other)
    letters = escape(letters[:LETTERS_MAX])
    size, width = _fit(len(letters))
    stretch = f' textLength="{width}" lengthAdjust="spacingAndGlyphs"' if width else ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80">'
        f'<clipPath id="s"><path d="{shield}"/></clipPath>'
        f'<g clip-path="url(#s)"><path fill="{field}" d="M0 0h80v80H0z"/>'
        f'<path fill="{second}" d="{division}"/>'
        '<path fill="#fff" fill-opacity=".08" d="M0 0h40v80H0z"/></g>'
        f'<path fill="none" stroke="{rim}" stroke-width="3.5" stroke-linejoin="round" d="{shield}"/>'
        f'<text x="40" y="{38 + size * 0.36:.1f}" text-anchor="middle" fill="#fff" font-weight="800" '
        f'font-family="{FACE}" font-size="{size}"{stretch}>{letters}</text></svg>'
    )


def _fit(count: int) -> tuple[int, int]:
    """Return font size and text width in units of the 80 by 80 drawing; width 0 lets the font decide."""
    return {0: (30, 0), 1: (40, 0), 2: (34, 36), 3: (28, 44), 4: (24, 49)}.get(count, (20, 52))
