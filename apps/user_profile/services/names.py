"""What may be a name: usernames, which are addresses, and display names, which are anything readable."""

import re
import unicodedata

from django.core.exceptions import ValidationError

USERNAME_PATTERN = r"^[A-Za-z0-9_.-]{2,30}$"
USERNAME_CHARS_MAX = 30
DISPLAY_NAME_CHARS_MAX = 80
BIO_CHARS_MAX = 2000

# Words that would pass for the house, or that stand where an address of the site may stand one day.
RESERVED = frozenset({
    "about", "abuse", "account", "accounts", "achievements", "activity", "admin", "administrator",
    "anonymous", "anonymised", "api", "app", "apps", "asset", "assets", "auth", "billing", "blog",
    "brackets", "community", "contact", "dashboard", "deltacrown", "design", "docs", "economy", "embed",
    "error", "events", "everyone", "explore", "faq", "favicon", "feed", "followers", "following", "forum",
    "games", "health", "help", "inbox", "invitations", "legal", "live", "login", "logout", "mail",
    "matches", "me", "media", "messages", "metrics", "moderator", "news", "nobody", "notifications",
    "null", "official", "ops", "overlay", "passports", "password", "payments", "postmaster", "press",
    "prices", "privacy", "register", "replay", "reset", "robots", "root", "rules", "search", "security",
    "server", "settings", "shop", "signin", "signout", "signup", "site", "sitemap", "staff", "static",
    "stats", "status", "streams", "support", "sysadmin", "system", "teams", "terms", "tournament",
    "tournaments", "trophies", "undefined", "verify", "void", "wallet", "webhook", "webhooks",
    "webmaster", "well-known", "www",
})  # fmt: skip

# Letters and marks that leave no ink although Unicode does not count them as format characters.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
# Control, format (zero-width, direction overrides), surrogate, private use, line and paragraph separators.
UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
# Alphabets with letters that nobody tells apart.
LOOKALIKES = frozenset({"ARMENIAN", "CHEROKEE", "CYRILLIC", "GREEK", "LATIN"})
# More marks on one letter than any script needs paint over the lines above and below.
MARKS_IN_A_ROW_MAX = 4


def validate_username(username: str) -> None:
    """Refuse what cannot be the address of a profile."""
    shaped = re.fullmatch(USERNAME_PATTERN, username) and not username.endswith("\n")
    if not shaped or not any(character.isalnum() for character in username):
        raise ValidationError(
            "A username has 2 to 30 characters: letters a-z, digits, dots, hyphens and underscores,"
            " and at least one letter or digit.",
            code="invalid",
        )


def validate_not_reserved(username: str) -> None:
    """Refuse the words of the house, in any case and punctuation."""
    if is_reserved(username):
        raise ValidationError("This username is reserved. Choose another.", code="reserved")


def is_reserved(username: str) -> bool:
    """Tell whether a username is one of RESERVED; `Ad.Min` is `admin`."""
    lowered = username.lower()
    return lowered in RESERVED or re.sub("[_.-]", "", lowered) in RESERVED


def normalise_display_name(text: str) -> str:
    """Return the text without blanks around it, in Unicode's composed form (NFC).

    A text far beyond the limit is returned as it is: the validator refuses it, and normalising it is work.
    """
    if len(text) > 4 * DISPLAY_NAME_CHARS_MAX:
        return text
    return unicodedata.normalize("NFC", text.strip())


def validate_readable(text: str) -> None:
    """Refuse characters that nobody sees or that change the direction of what stands around them."""
    for character in text:
        if not is_seen(character):
            raise ValidationError(
                "Remove the invisible character U+%(code)04X.",
                code="invisible",
                params={"code": ord(character)},
            )
    if longest_run_of_marks(text) > MARKS_IN_A_ROW_MAX:
        raise ValidationError("Use fewer accents on one letter.", code="marks")


def validate_display_name(text: str) -> None:
    """Refuse a display name that is empty, too long, or not readable.

    The length comes first, so that nobody makes us look at megabytes.
    """
    if len(text) > DISPLAY_NAME_CHARS_MAX:
        raise ValidationError(
            "A display name has at most %(limit)d characters.",
            code="max_length",
            params={"limit": DISPLAY_NAME_CHARS_MAX},
        )
    validate_readable(text)
    validate_one_alphabet(text)
    if not any(leaves_ink(character) for character in text):
        raise ValidationError("A display name needs at least one visible character.", code="blank")


def validate_one_alphabet(text: str) -> None:
    """Refuse a word of letters from several alphabets that look alike: a Latin name with a Cyrillic `a`."""
    for word in text.split():
        scripts = {script for character in word if (script := script_of(character)) in LOOKALIKES}
        if len(scripts) > 1:
            raise ValidationError(
                "Write %(word)s in one alphabet: it mixes %(scripts)s letters.",
                code="mixed_alphabets",
                params={"word": word, "scripts": " and ".join(sorted(each.title() for each in scripts))},
            )


def script_of(character: str) -> str:
    """Return the alphabet of a letter, by the first word of its name in Unicode; empty for what is none."""
    return unicodedata.name(character, "").partition(" ")[0] if character.isalpha() else ""


def is_seen(character: str) -> bool:
    """Tell whether a character is something that readers notice: ink, a mark on ink, or a space."""
    if character in BLANK or "\U000e0000" <= character <= "\U000e0fff":
        return False
    return unicodedata.category(character) not in UNSEEN_CATEGORIES


def leaves_ink(character: str) -> bool:
    """Tell whether a character is visible on its own: a letter, a number, a sign."""
    return unicodedata.category(character)[0] in "LNPS" and is_seen(character)


def longest_run_of_marks(text: str) -> int:
    """Return how many combining marks follow each other at most."""
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        longest = max(longest, run)
    return longest
