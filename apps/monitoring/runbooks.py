"""The runbooks, read from the documents: one section an alert."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

SECTION = re.compile(r"^## (?P<code>\w+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Runbook:
    """What to do about one alert."""

    code: str
    html: SafeString


def read(path: Path) -> list[Runbook]:
    """Return the sections of a document whose headings are the codes of alerts."""
    _before, *parts = SECTION.split(path.read_text())
    parser = MarkdownIt("commonmark", {"html": False})
    # Our own document, and no HTML in it is taken.
    return [
        Runbook(code, mark_safe(parser.render(text)))
        for code, text in zip(parts[::2], parts[1::2], strict=True)
    ]
