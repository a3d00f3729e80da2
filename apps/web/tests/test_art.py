"""Generated pictures: always the same for the same one, well-formed, harmless."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders

from apps.web.art.avatars import avatar_key, avatar_svg
from apps.web.art.colour import HUES, oklch, tint
from apps.web.art.crests import LETTERS_MAX, crest_key, crest_letters, crest_svg

BYTES_MAX = 3_000


def test_the_same_player_always_has_the_same_picture() -> None:
    assert avatar_svg(avatar_key(7)) == avatar_svg(avatar_key(7))
    assert avatar_key(7) == "e1f29124bab0c137"


def test_players_hardly_ever_share_a_picture() -> None:
    pictures = {avatar_svg(avatar_key(user_id)) for user_id in range(1000)}
    assert len(pictures) > 990


def test_the_key_does_not_tell_the_id() -> None:
    keys = [avatar_key(user_id) for user_id in range(1, 50)]
    assert keys != sorted(keys)
    assert not set(keys) & {crest_key(team_id) for team_id in range(1, 50)}


def test_the_style_sheet_knows_every_tint() -> None:
    sheet = finders.find("web/css/components/tint.css")
    assert sheet is not None
    said = re.findall(r"\.tint-(\d+) \{\s+--tint: (\d+);", Path(str(sheet)).read_text())
    assert said == [(str(number), str(hue)) for number, hue in enumerate(HUES)]
    assert {tint(avatar_key(user_id)) for user_id in range(500)} == set(range(len(HUES)))


@pytest.mark.parametrize("number", range(40))
def test_pictures_are_small_drawings_without_script_or_style(number: int) -> None:
    for svg in (avatar_svg(avatar_key(number)), crest_svg(crest_key(number), "ABCDE"[: number % 6])):
        assert len(svg) < BYTES_MAX
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}
        assert tags <= {"svg", "g", "path", "text", "clipPath"}
        assert "style=" not in svg


def test_letters_on_a_crest_cannot_become_markup() -> None:
    svg = crest_svg(crest_key(1), '<&">')
    assert ElementTree.fromstring(svg)[-1].text == '<&">'


@pytest.mark.parametrize(
    ("tag", "name", "letters"),
    [
        ("OG", "OpTic Gaming", "OG"),
        ("envy", "Team Envy", "ENVY"),
        ("TOOLONG", "", "TOOLO"),
        ("", "Rise Nation", "RN"),
        ("[x]", "", "X"),
        ("日本", "", "日本"),
        ("!", "?", "Δ"),
    ],
)
def test_crest_letters(tag: str, name: str, letters: str) -> None:
    assert crest_letters(tag, name) == letters
    assert len(letters) <= LETTERS_MAX


@pytest.mark.parametrize(
    ("colour", "hexadecimal"),
    [
        ((0, 0, 0), "#000000"),
        ((1, 0, 0), "#ffffff"),
        ((0.62796, 0.25768, 29.234), "#ff0000"),
        ((0.86644, 0.29483, 142.495), "#00ff00"),
        ((0.45201, 0.31321, 264.052), "#0000ff"),
        ((0.7, 0.9, 150), "#00fb00"),
    ],
)
def test_oklch(colour: tuple[float, float, float], hexadecimal: str) -> None:
    assert oklch(*colour) == hexadecimal
