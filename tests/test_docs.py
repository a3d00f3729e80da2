"""The documents: their links lead somewhere, and the guide's examples run."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from apps.events import registry
from apps.user_profile.testing import create_user
from config.launcher import docs
from config.launcher.docs import slugs
from tests.checkouts import CHECKOUT

FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+?)\s*$", re.MULTILINE)
OUTSIDE = re.compile(r"^(https?|mailto):")


def documents() -> list[Path]:
    """Return every Markdown file of ours."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=CHECKOUT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return [CHECKOUT / name for name in sorted(set(listed.stdout.split("\0")) - {""})]


@cache
def anchors(document: Path) -> set[str]:
    """Return what a link into a document may name, as GitHub makes it of the headings."""
    return set(slugs(HEADING.findall(FENCED.sub("", document.read_text()))))


def broken(document: Path) -> Iterator[str]:
    """Yield the links of a document that lead nowhere; those to other sites are not followed."""
    for link in LINK.findall(FENCED.sub("", document.read_text())):
        if OUTSIDE.match(link):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    assert list(broken(document)) == []


def test_what_counts_as_broken(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# A `title`, here\n\n## Twice\n\n## Twice\n")
    document = tmp_path / "one.md"
    document.write_text(
        "[a](other.md) [b](other.md#a-title-here) [c](other.md#twice-1) [d](https://example.org/x)\n"
        "```\n[e](nowhere.md)\n```\n[f](nowhere.md) [g](other.md#twice-2) [h](#one)\n"
    )
    assert list(broken(document)) == ["nowhere.md", "other.md#twice-2", "#one"]


def test_the_readme_leads_to_every_document() -> None:
    """Whoever reads the README finds each document, from there or from one that it names."""
    reached, waiting = set(), [CHECKOUT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document in reached:
            continue
        reached.add(document)
        for link in LINK.findall(FENCED.sub("", document.read_text())):
            target = (document.parent / link.partition("#")[0]).resolve()
            if OUTSIDE.match(link):
                continue
            if target.exists():
                waiting += [target] if target.suffix == ".md" else sorted(target.glob("*.md"))
    assert set((CHECKOUT / "docs").glob("**/*.md")) <= reached


def test_they_can_be_read_in_a_browser() -> None:
    for name in docs.documents():
        page = docs.render(name)
        ids = set(re.findall(r'<h\d id="([^"]+)"', page))
        assert anchors(CHECKOUT / name) == ids, name
        assert "<script" not in page
    assert docs.readable(CHECKOUT / "deploy" / "serve")
    assert not docs.readable(CHECKOUT / ".data" / "secret_key")
    assert not docs.readable(CHECKOUT.parent / "elsewhere")


@pytest.mark.django_db
def test_the_guide_s_examples_run(monkeypatch: pytest.MonkeyPatch) -> None:
    guide = (CHECKOUT / "docs" / "integration-guide.md").read_text()
    monkeypatch.setattr(registry, "events", dict(registry.events))
    monkeypatch.setattr(registry, "subscribers", dict(registry.subscribers))
    names = {
        "__name__": "apps.examples.subscribers",
        "ada": create_user("ada", display_name="Ada Lovelace"),
        "bela": create_user("bela"),
    }
    examples = re.findall(r"^```python\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert examples
    for code in examples:
        exec(code, names)
