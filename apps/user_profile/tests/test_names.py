"""What may be a name."""

import unicodedata
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from apps.user_profile.services import names


@pytest.mark.parametrize("username", ["ab", "A.b-c_9", "x" * 30, "99"])
def test_a_username(username: str) -> None:
    names.validate_username(username)
    names.validate_not_reserved(username)


@pytest.mark.parametrize("username", ["", "a", "x" * 31, "a b", "é9", "ab\n", "a/b", "\u0430b", "a\0b"])
def test_no_username(username: str) -> None:
    with pytest.raises(ValidationError, match="2 to 30 characters"):
        names.validate_username(username)


@pytest.mark.parametrize("username", ["admin", "Admin", "ad_min", "A.P.I", "settings", "well-known", "me"])
def test_a_reserved_username(username: str) -> None:
    with pytest.raises(ValidationError, match="reserved"):
        names.validate_not_reserved(username)


@pytest.mark.parametrize(
    "text", ["Crimsix", "Ünïcödé", "日本", "র‌হিম"[:1], "a b", "❤️", "👍🏽", "O'Neil", "x" * 80, "שלום", "Zoë"]
)
def test_a_display_name(text: str) -> None:
    names.validate_display_name(names.normalise_display_name(text))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "visible"),
        ("   ", "visible"),
        ("\u0301", "visible"),
        ("a\u200bb", "U\\+200B"),
        ("a\u202eb", "U\\+202E"),
        ("a\u2066b", "U\\+2066"),
        ("a\0b", "U\\+0000"),
        ("a\nb", "U\\+000A"),
        ("P\u0430ypal", "Cyrillic and Latin"),
        ("Cl\u03b5o", "Greek and Latin"),
        ("a\ud800", "U\\+D800"),
        ("\u3164", "U\\+3164"),
        ("a\U000e0041", "U\\+E0041"),
        ("a" + "\u0301" * 9, "accents"),
        ("x" * 81, "80 characters"),
        ("x" * 10_000_000, "80 characters"),
        ("\u0301" * 10_000_000, "80 characters"),
    ],
)
def test_no_display_name(text: str, why: str) -> None:
    with pytest.raises(ValidationError) as caught:
        names.validate_display_name(names.normalise_display_name(text))
    [message] = caught.value.messages
    assert why.replace("\\", "") in message


def test_a_name_has_one_form() -> None:
    assert names.normalise_display_name("  Zoe\u0308 ") == "Zo\u00eb"


@given(st.text())
def test_any_text_is_accepted_or_refused_with_a_reason(text: str) -> None:
    name = names.normalise_display_name(text)
    refused = True
    with suppress(ValidationError):
        names.validate_display_name(name)
        refused = False
    if not refused:
        assert 1 <= len(name) <= names.DISPLAY_NAME_CHARS_MAX
        assert name == names.normalise_display_name(name) == name.strip()
        assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in name)
        name.encode()


@pytest.mark.parametrize(
    "name", ["\u0410\u0434\u0430 Lovelace", "\u6771\u4eac Tokyo", "Zo\u00eb", "\u0391\u03b4\u03b1 2"]
)
def test_words_of_several_alphabets_may_stand_beside_each_other(name: str) -> None:
    names.validate_display_name(name)
