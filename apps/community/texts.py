"""Markdown that players write: what of it may be, what it names, and the HTML that is safe to show.

Two walls, each enough by itself: the parser takes no HTML and makes none but of the marks that it knows, and
what it makes passes a sanitiser that lets only those through.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, urlsplit

import nh3
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS_MAX, MENTIONS_MAX = 10, 10
PREVIEW_CHARS = 100
RENDERED_KEPT = 1024
# `#tag` and `@name` where a word begins; a name never ends in what ends a sentence.
TAG = re.compile(r"(?<![\w&/#])#(\w{1,30})\b")
MENTION = re.compile(r"(?<![\w@/.])@([A-Za-z0-9_.-]{1,29}[A-Za-z0-9_])")
BREAKS = frozenset({"softbreak", "hardbreak"})
ELEMENTS = frozenset(
    ["p", "br", "em", "strong", "s", "a", "code", "pre", "blockquote", "ul", "ol", "li", "hr"]
)
ATTRIBUTES = {"a": frozenset({"href"}), "ol": frozenset({"start"})}
SCHEMES = frozenset({"http", "https", "mailto"})
# Headings are the page's, pictures of elsewhere would tell their host who reads.
NOT_TAKEN = ("heading", "lheading", "image", "html_block", "html_inline")

parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
parser.enable(["strikethrough", "linkify"]).disable(list(NOT_TAKEN))


def leads_somewhere(url: str) -> bool:
    """Tell whether an address may be a link: of a scheme on the list, or on this site."""
    return urlsplit(url.strip()).scheme.lower() in {"", *SCHEMES}


parser.validateLink = leads_somewhere  # type: ignore[method-assign]


def clean(content: str, chars_max: int) -> str:
    """Return a text as it is stored. Raises ValidationError when it is empty, too long, or unreadable."""
    text = content.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise ValidationError("Write something.", code="empty")
    if len(text) > chars_max:
        raise ValidationError(
            "This has %(length)d characters; %(limit)d are the most. Shorten it.",
            code="too_long",
            params={"length": len(text), "limit": chars_max},
        )
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in text):
        raise ValidationError("This has characters that nobody can read. Take them out.", code="unreadable")
    return text


def tags_in(content: str) -> list[str]:
    """Return the tags of a text in small letters, each once. Raises ValidationError for too many."""
    tags = list(dict.fromkeys(match.lower() for match in _found(TAG, content) if not match.isdecimal()))
    if len(tags) > TAGS_MAX:
        raise ValidationError(f"A post takes {TAGS_MAX} tags at most. Take some out.", code="too_many_tags")
    return tags


def names_in(content: str) -> list[str]:
    """Return the usernames that a text mentions, each once. Raises ValidationError for too many."""
    names = list({name.lower(): name for name in _found(MENTION, content)}.values())
    if len(names) > MENTIONS_MAX:
        raise ValidationError(
            f"You can mention {MENTIONS_MAX} players at most. Take some out.", code="too_many_mentions"
        )
    return names


def _found(pattern: re.Pattern[str], content: str) -> Iterator[str]:
    """Yield what a pattern finds in the words of a text: not in its code, not in its links."""
    for text in _words(parser.parse(content)):
        yield from pattern.findall(text)


def _words(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        depth = 0
        for child in token.children or ():
            depth += child.nesting if child.type in ("link_open", "link_close") else 0
            if child.type == "text" and not depth:
                yield child.content


def preview(content: str) -> str:
    """Return the beginning of a text in one line, without its marks."""
    blocks = [
        "".join(" " if child.type in BREAKS else child.content for child in token.children)
        if token.children
        else token.content
        for token in parser.parse(content)
    ]
    line = " ".join(" ".join(blocks).split()) or content
    return line if len(line) <= PREVIEW_CHARS else f"{line[: PREVIEW_CHARS - 1]}…"


@lru_cache(maxsize=RENDERED_KEPT)
def html_of(content: str, mentions: tuple[str, ...] = ()) -> SafeString:
    """Return a text as HTML that is safe to show; of the names in it, `mentions` lead to their players."""
    known = {name.lower() for name in mentions}
    tokens = parser.parse(content)
    for token in tokens:
        if token.children:
            token.children = list(_linked(token.children, known))
    made = nh3.clean(
        parser.renderer.render(tokens, parser.options, {}),
        tags=set(ELEMENTS),
        # Without a star the library lets `title` and `lang` stand everywhere.
        attributes={"*": set(), **{name: set(names) for name, names in ATTRIBUTES.items()}},
        url_schemes=set(SCHEMES),
        link_rel="nofollow ugc noopener noreferrer",
    )
    return mark_safe(made)


def _linked(children: list[Token], known: set[str]) -> Iterator[Token]:
    """Yield the parts of a line, with tags and known names as links, but not inside of links."""
    depth = 0
    for child in children:
        depth += child.nesting if child.type in ("link_open", "link_close") else 0
        if child.type == "text" and not depth:
            yield from _cut(child.content, known)
        else:
            yield child


def _cut(text: str, known: set[str]) -> Iterator[Token]:
    end = 0
    for match in re.finditer(f"{TAG.pattern}|{MENTION.pattern}", text):
        tag, name = match.groups()
        if (name and name.lower() not in known) or (tag and tag.isdecimal()):
            continue
        yield Token("text", "", 0, content=text[end : match.start()])
        href = f"/@{name}/" if name else f"/posts/?tag={quote(tag.lower())}"
        yield Token("link_open", "a", 1, attrs={"href": href})
        yield Token("text", "", 0, content=match.group(0))
        yield Token("link_close", "a", -1)
        end = match.end()
    yield Token("text", "", 0, content=text[end:])
