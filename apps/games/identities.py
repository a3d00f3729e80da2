"""How the identities of players are written in one way, and when two of them are the same.

Both work on short texts: whoever stores one checks its length first.
"""

import re
import unicodedata
from collections.abc import Callable

# Letters of other scripts that look like Latin ones, in lower case: who writes one for the other means, or
# wants to pass for, the same player.
LOOKALIKES = str.maketrans(
    "авекмнорстухіјѕһԁԛԝӏαβεηικμνορτυχγ",
    "abekmhopctyxijshdqwlabenikmvoptuxy",
)
STEAM_PROFILE = re.compile(r"(?:https?://)?(?:www\.)?steamcommunity\.com/profiles/([0-9]{17})/?")
MLBB_PARTS = re.compile(r"([0-9]{8,12})[ \-/]*\(?([0-9]{4,6})\)?")


def steam(text: str) -> str:
    """Return the SteamID64 of a profile's address; another text as it is."""
    match = STEAM_PROFILE.fullmatch(text)
    return match.group(1) if match else text


def mlbb(text: str) -> str:
    """Return user id and zone as the game shows them; digits that are not apart stay as they are."""
    match = MLBB_PARTS.fullmatch(text)
    return f"{match.group(1)} ({match.group(2)})" if match and not text.isdecimal() else text


# What is a number or a code is written in ASCII; a name keeps its letters.
CODES: dict[str, Callable[[str], str]] = {
    "cs2": steam,
    "dota2": steam,
    "mlbb": mlbb,
    "pubgm": str,
    "freefire": str,
    "codm": str,
    "efootball": str.upper,
}


def is_code(slug: str) -> bool:
    """Tell whether the game itself knows its players by their identity, so that no renaming changes it."""
    return slug in CODES


def normalise(slug: str, text: str) -> str:
    """Return an identity of a game as it is stored and shown: `12345678(1234)` is `12345678 (1234)`."""
    code = CODES.get(slug)
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC" if code else "NFC", text)).strip()
    return code(plain) if code else plain


def key(text: str) -> str:
    """Return what is the same however an identity is written: in case, width, blanks, look-alike letters."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", re.sub(r"\s", "", folded).translate(LOOKALIKES))
