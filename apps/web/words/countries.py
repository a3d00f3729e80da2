"""Countries by their names, in the language of the page (Unicode's CLDR, by Babel)."""

from functools import cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

# Of CLDR's two letters these are no countries of ISO 3166: groups, test values, the unknown.
NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


def country_choices() -> list[tuple[str, str]]:
    """Return what a form offers: no answer, then every country in the order of its name."""
    named = sorted(names(get_language() or "en").items(), key=lambda each: each[1])
    return [("", _("Not said")), *named]


@cache
def names(language: str) -> dict[str, str]:
    """Return the countries' names by their two letters."""
    try:
        locale = Locale.parse(to_locale(language))
    except UnknownLocaleError:
        locale = Locale("en")
    return {
        code: name
        for code, name in locale.territories.items()
        if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES
    }


def country_name(code: str) -> str:
    """Return the name of a country, or its letters when CLDR knows none."""
    return names(get_language() or "en").get(code, code)
