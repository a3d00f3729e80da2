"""Uploaded pictures are served where no proxy does it, and nothing beside them."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404
from django.test import RequestFactory

from config import media


def test_a_picture_is_served_for_ever(rf: RequestFactory, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    (tmp_path / "a.webp").write_bytes(b"picture")
    answer = media.served(rf.get("/media/a.webp"), "a.webp")
    assert b"".join(answer) == b"picture"
    assert answer.headers["Content-Type"] == "image/webp"
    assert "immutable" in answer.headers["Cache-Control"]
    answer.close()


@pytest.mark.parametrize("path", ["", "none.webp", "../secret", "/etc/passwd", "..\\secret", "%2e%2e/secret"])
def test_nothing_else_is(rf: RequestFactory, settings: Any, tmp_path: Path, path: str) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    (tmp_path / "media").mkdir()
    (tmp_path / "secret").write_text("secret")
    with pytest.raises((Http404, SuspiciousFileOperation)):
        media.served(rf.get("/media/x"), path)
