"""Sentences: the text as it was written in the code, with the names of now in it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def html(text: str, values: Mapping[str, Any]) -> SafeString:
    """Return a text with its placeholders filled; one that nothing fills stays as it is written."""
    # Escaped as a whole before, and each value by itself.
    said = conditional_escape(gettext(text))
    return mark_safe(filled(said, values, lambda value: format_html("<strong>{}</strong>", value)))


def plain(text: str, values: Mapping[str, Any]) -> str:
    """Return the same as text alone."""
    return filled(gettext(text), values, str)


def filled(said: str, values: Mapping[str, Any], show: Callable[[Any], str]) -> str:
    """Fill what is written in braces, once: no value fills a placeholder of another."""

    def fill(match: re.Match[str]) -> str:
        return show(values[match[1]]) if match[1] in values else match[0]

    return PLACEHOLDER.sub(fill, said)


def others(count: int) -> str:
    """Return how many did it, too: `12 others`."""
    return ngettext("%(count)d other", "%(count)d others", count) % {"count": count}
