"""Discord messages within the documented limits, whatever the names in them are.

Lengths are counted in UTF-16 units, which are never fewer than what Discord counts. A text that is too long
ends with an ellipsis; when the embeds together are still too long, the later fields and embeds go.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

CONTENT_MAX = 2_000
EMBEDS_MAX = 10
TITLE_MAX, DESCRIPTION_MAX, FOOTER_MAX = 256, 4_096, 2_048
FIELDS_MAX, FIELD_NAME_MAX, FIELD_VALUE_MAX = 25, 256, 1_024
# Of all titles, descriptions, fields and footers of all embeds together.
TOTAL_MAX = 6_000
USERNAME = "DeltaCrown"
COLOUR = 0xF0B429
ELLIPSIS = "…"

# Everything that Discord reads as more than a letter: a name is a name, and calls nobody.
MARKS = re.compile(r"([\\*_~`|<>\[\]()#:@-])")
# Of what is invisible, what may reorder or hide the text around it.
INVISIBLE = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Embed:
    """One card of a message. Texts are ready: names in them went through `plain`."""

    title: str
    description: str = ""
    url: str | None = None
    fields: Sequence[tuple[str, str]] = ()
    thumbnail_url: str | None = None
    footer: str = ""
    at: datetime | None = None
    colour: int = COLOUR


def plain(text: str) -> str:
    """Return a text that somebody wrote as nothing but letters."""
    return MARKS.sub(r"\\\1", INVISIBLE.sub("", text))


def payload(embeds: Sequence[Embed], *, content: str = "", everyone: bool = False) -> dict[str, Any]:
    """Return a message that Discord accepts.

    `everyone` pings the channel, and adds the words for it; what is in the texts never does.
    """
    content = f"@everyone {content}".strip() if everyone else content
    return {
        "username": USERNAME,
        "content": cut(content, CONTENT_MAX),
        "embeds": fitted(embeds),
        "allowed_mentions": {"parse": ["everyone"] if everyone else []},
    }


def fitted(embeds: Sequence[Embed]) -> list[dict[str, Any]]:
    """Return as much of the embeds as fits."""
    room = TOTAL_MAX
    told = []
    for embed in embeds[:EMBEDS_MAX]:
        one, room = fit(embed, room)
        if one is None:
            break
        told.append(one)
    return told


def fit(embed: Embed, room: int) -> tuple[dict[str, Any] | None, int]:
    """Return an embed that fits into the room, and the room that is left; None when not even a title does."""
    title = cut(embed.title, min(TITLE_MAX, room))
    if not title:
        return None, room
    room -= length(title)
    footer = cut(embed.footer, min(FOOTER_MAX, room))
    room -= length(footer)
    description = cut(embed.description, min(DESCRIPTION_MAX, room))
    room -= length(description)
    fields = []
    for name, value in embed.fields[:FIELDS_MAX]:
        name, value = cut(name, FIELD_NAME_MAX), cut(value, FIELD_VALUE_MAX)
        size = length(name) + length(value)
        if size > room:
            break
        # A field without a name or a value is refused.
        if name and value:
            fields.append({"name": name, "value": value, "inline": True})
            room -= size
    told: dict[str, Any] = {"title": title, "color": embed.colour}
    if description:
        told["description"] = description
    if fields:
        told["fields"] = fields
    if footer:
        told["footer"] = {"text": footer}
    if embed.url:
        told["url"] = embed.url
    if embed.thumbnail_url:
        told["thumbnail"] = {"url": embed.thumbnail_url}
    if embed.at:
        told["timestamp"] = embed.at.isoformat()
    return told, room


def length(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, most: int) -> str:
    """Return a text of at most so many units, without space around it, its end marked where it was cut."""
    text = text.strip()
    if length(text) <= most:
        return text
    if most < 1:
        return ""
    kept = text.encode("utf-16-le")[: (most - 1) * 2].decode("utf-16-le", errors="ignore")
    # An escape that lost its letter would take the ellipsis.
    stripped = kept.rstrip("\\")
    return (kept if (len(kept) - len(stripped)) % 2 == 0 else kept[:-1]).rstrip() + ELLIPSIS
