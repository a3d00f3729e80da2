"""Files as they are served in production: hashed names, nothing that points nowhere."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

STYLES = Path(__file__).parent.parent / "static" / "web" / "css"
MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"


@pytest.mark.django_db
def test_pages_work_with_hashed_names(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST}}
    call_command("collectstatic", verbosity=0, interactive=False)
    html = client.get("/").content.decode() + client.get("/accounts/login/").content.decode()
    linked = set(re.findall(r'(?:href|src)="/static/([^"]+)"', html))
    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", name) for name in linked), linked
    assert all((tmp_path / name).is_file() for name in linked)


def test_every_sheet_is_linked_somewhere() -> None:
    templates = STYLES.parents[2] / "templates"
    linked = " ".join(path.read_text() for path in templates.rglob("*.html"))
    for sheet in STYLES.rglob("*.css"):
        assert f"web/css/{sheet.relative_to(STYLES)}" in linked


# Of a page or an item about somebody: a lightness and a strength, in the hue of `tint.css`.
SHADE_OF_A_TINT = r"[\d. ]+ (?:calc\()?var\(--tint\)"


def test_every_rule_lies_in_a_layer_and_every_colour_is_a_token() -> None:
    for sheet in STYLES.rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
        assert re.fullmatch(r"\s*(@layer [\w, ]+;\s*)?@layer \w+ \{.*\}\s*", text, re.DOTALL), sheet
        if sheet.name not in ("tokens.css", "tint.css"):
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", text), sheet
            other = re.search(rf"(?<!in )oklch\((?!{SHADE_OF_A_TINT})", text)
            assert not other, f"{sheet} names a colour that is no token"
