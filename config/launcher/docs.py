"""`./dev docs`: the documents of this checkout, to read in a browser. As Markdown any editor shows them."""

from __future__ import annotations

import argparse
import html
import re
from collections import Counter
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from config.launcher.talk import CHECKOUT, Problem, say

HOST = "127.0.0.1"
FRONT = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style>
:root {{ color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif }}
body {{ display: flex; flex-wrap: wrap; gap: 2rem; margin: 1rem auto; max-width: 80rem; padding: 0 1rem }}
nav {{ flex: 1 0 12rem }} main {{ flex: 4 1 30rem; min-width: 0 }} nav ul {{ list-style: none; padding: 0 }}
pre, table {{ display: block; overflow-x: auto }} pre {{ padding: .75rem; background: #8882 }}
th, td {{ padding: .25rem .75rem; border: 1px solid #8884; text-align: start }} img {{ max-width: 100% }}
</style><nav><ul>{links}</ul></nav><main>{body}</main>"""
TYPES = {".json": "application/json", ".png": "image/png", ".svg": "image/svg+xml"}


def slugs(headings: list[str]) -> list[str]:
    """Return the anchors of headings, in order, as GitHub makes them."""
    seen: Counter[str] = Counter()
    found = []
    for heading in headings:
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        found.append(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def documents() -> list[str]:
    """Return the paths of the documents, those of the front first."""
    return [*FRONT, *sorted(str(path.relative_to(CHECKOUT)) for path in (CHECKOUT / "docs").glob("**/*.md"))]


def render(name: str) -> str:
    """Return a document as a page."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse((CHECKOUT / name).read_text())
    anchor(tokens)
    links = "".join(f'<li><a href="/{each}">{each.removeprefix("docs/")}</a></li>' for each in documents())
    body = reader.renderer.render(tokens, reader.options, {})
    return PAGE.format(title=html.escape(name), links=links, body=body)


def anchor(tokens: list[Token]) -> None:
    """Give every heading the id that links name."""
    places = [place for place, token in enumerate(tokens) if token.type == "heading_open"]
    for place, slug in zip(places, slugs([tokens[place + 1].content for place in places]), strict=True):
        tokens[place].attrSet("id", slug)


class Reading(BaseHTTPRequestHandler):
    """Answers with documents, and with the files beside them that they show."""

    def do_GET(self) -> None:
        """Answer."""
        name = self.path.partition("?")[0].strip("/") or FRONT[0]
        path = (CHECKOUT / name).resolve()
        if name in documents():
            self.answer("text/html; charset=utf-8", render(name).encode())
        elif path.is_relative_to(CHECKOUT / "docs") and path.suffix in TYPES and path.is_file():
            self.answer(TYPES[path.suffix], path.read_bytes())
        elif readable(path):
            self.answer("text/plain; charset=utf-8", path.read_bytes())
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def answer(self, kind: str, body: bytes) -> None:
        """Send it."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def readable(path: Path) -> bool:
    """Tell whether a link of a document may lead to a file: to code of ours, and to nothing hidden."""
    inside = path.is_relative_to(CHECKOUT) and path.is_file()
    return inside and not any(part.startswith(".") for part in path.relative_to(CHECKOUT).parts)


def main(arguments: list[str]) -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="./dev docs")
    parser.add_argument("--port", type=int, default=8080, help="where to listen on 127.0.0.1 (default 8080)")
    options = parser.parse_args(arguments)
    try:
        server = ThreadingHTTPServer((HOST, options.port), Reading)
    except OSError as error:
        raise Problem(
            f"Cannot listen on port {options.port} ({error}); choose another with --port."
        ) from None
    say(f"The documents are at http://{HOST}:{server.server_port}/ (Ctrl-C ends it).")
    with server:
        server.serve_forever()
    return 0
