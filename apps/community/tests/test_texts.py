"""What becomes of Markdown: the marks that are taken, and that no known attack gets through."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.community import texts

# From the OWASP filter evasion sheet, the corpora of Markdown sanitisers, and of mutation XSS.
ATTACKS: list[str] = json.loads(Path(__file__).with_name("attacks.json").read_text())


class Reader(HTMLParser):
    """Reads HTML as a browser's parser would, and complains about all that is not on the list."""

    def __init__(self) -> None:
        super().__init__()
        self.complaints: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in texts.ELEMENTS:
            self.complaints.append(f"<{tag}>")
        for name, value in attrs:
            if name not in (*texts.ATTRIBUTES.get(tag, ()), *(["rel"] if tag == "a" else [])):
                self.complaints.append(f"{tag} {name}")
            if name == "href" and urlsplit(value or "").scheme not in ("", *texts.SCHEMES):
                self.complaints.append(f"href {value}")

    def handle_comment(self, data: str) -> None:
        self.complaints.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.complaints.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.complaints.append("instruction")


def complaints(content: str) -> list[str]:
    reader = Reader()
    reader.feed(texts.html_of(content, ("ada",)))
    reader.close()
    return reader.complaints


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_known_attack_gets_through(attack: str) -> None:
    assert complaints(attack) == []
    assert complaints(f"Some *text*\n\n{attack}\n\n- {attack}\n") == []


def test_each_wall_holds_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(html: str, **_: Any) -> str:
        return html

    def wide_open(*_: Any) -> str:
        return attack

    for attack in ATTACKS:
        with monkeypatch.context() as patch:
            patch.setattr(texts.nh3, "clean", nothing)
            alone = Reader()
            alone.feed(texts.html_of.__wrapped__(attack, ("ada",)))
        # A title that says what one sees, and the language of a code block: harmless, and taken out after.
        assert set(alone.complaints) <= {"a title", "code class"}, attack
        with monkeypatch.context() as patch:
            patch.setattr(texts.parser.renderer, "render", wide_open)
            cleaned = Reader()
            cleaned.feed(texts.html_of.__wrapped__(attack, ("ada",)))
        assert cleaned.complaints == [], attack


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="<>\"'`=/()[]!&#;:@*_-\n\\ javscriptonerlx", max_size=60))
def test_no_made_up_attack_gets_through(content: str) -> None:
    assert complaints(content) == []


@pytest.mark.parametrize(
    ("content", "html"),
    [
        ("**a** *b* ~~c~~ `d`", "<p><strong>a</strong> <em>b</em> <s>c</s> <code>d</code></p>\n"),
        ("a\nb", "<p>a<br>\nb</p>\n"),
        ("# No heading", "<p># No heading</p>\n"),
        ("@Ada, @eve", '<p><a href="/@Ada/" rel="nofollow ugc noopener noreferrer">@Ada</a>, @eve</p>\n'),
        (
            "#Duos (#né) #42 x#y",
            '<p><a href="/posts/?tag=duos" rel="nofollow ugc noopener noreferrer">#Duos</a> ('
            '<a href="/posts/?tag=n%C3%A9" rel="nofollow ugc noopener noreferrer">#né</a>) #42 x#y</p>\n',
        ),
        (
            "[@ada #x](https://a.b/)",
            '<p><a href="https://a.b/" rel="nofollow ugc noopener noreferrer">@ada #x</a></p>\n',
        ),
        (
            "https://a.example/#x @ada.",
            '<p><a href="https://a.example/#x" rel="nofollow ugc noopener noreferrer">'
            "https://a.example/#x</a> "
            '<a href="/@ada/" rel="nofollow ugc noopener noreferrer">@ada</a>.</p>\n',
        ),
    ],
)
def test_the_marks_that_are_taken(content: str, html: str) -> None:
    assert texts.html_of(content, ("ada",)) == html


def test_a_preview_is_one_line() -> None:
    assert texts.preview("**One**\ntwo\n\n- three\n\n```\nfour\n```") == "One two three four"
    assert texts.preview("x" * 200) == "x" * 99 + "…"
