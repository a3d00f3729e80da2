"""Pictures: what is taken, what is refused, and that only our drawing of it is kept."""

import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import TestCase
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from apps.events.testing import emitted
from apps.user_profile.models import UserProfile
from apps.user_profile.services import avatars, pictures, profiles
from apps.user_profile.testing import create_user

PLACE = "Exif with the place where it was taken"


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def picture(
    kind: str = "PNG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **options: Any
) -> ContentFile:  # type: ignore[type-arg]
    data = io.BytesIO()
    Image.new(mode, size, "red").save(data, kind, **options)
    return ContentFile(data.getvalue(), name=f"me.{kind.lower()}")


def bomb(width: int, height: int) -> ContentFile:  # type: ignore[type-arg]
    """A PNG of a few hundred bytes that says it is enormous, and is."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return ContentFile(b"\x89PNG\r\n\x1a\n" + parts, name="bomb.png")


def refusal(upload: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        avatars.portrait(upload)
    return str(refused.value.code)


@pytest.mark.parametrize("kind", pictures.FORMATS)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_what_is_taken_becomes_a_square_webp(kind: str, mode: str) -> None:
    with Image.open(avatars.portrait(picture(kind, mode=mode))) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (avatars.SIDE_PX, avatars.SIDE_PX))


def test_transparency_stays() -> None:
    data = io.BytesIO()
    Image.new("RGBA", (120, 120), (255, 0, 0, 90)).save(data, "PNG")
    with Image.open(avatars.portrait(ContentFile(data.getvalue()))) as drawn:
        assert drawn.mode == "RGBA"


def test_metadata_goes_but_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = PLACE
    data = io.BytesIO()
    image = Image.new("RGB", (200, 200), "red")
    image.paste("blue", (0, 0, 200, 100))  # blue above red; upright, blue stands at the right
    image.save(data, "JPEG", exif=exif)
    drawn = avatars.portrait(ContentFile(data.getvalue()))
    assert PLACE.encode() not in drawn.read()
    with Image.open(drawn) as shown:
        assert not shown.getexif()
        left, right = shown.getpixel((50, 256)), shown.getpixel((460, 256))
    assert left[0] > 200 > right[0]
    assert right[2] > 200 > left[2]


def test_the_name_says_nothing() -> None:
    names = {avatars.portrait(picture()).name for _ in range(2)}
    assert len(names) == 2
    assert not any("me" in str(name)[:4] for name in names)


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (ContentFile(b"", name="a.png"), "unreadable"),
        (ContentFile(b"<svg onload='alert(1)'/>", name="a.png"), "unreadable"),
        (ContentFile(b"\x89PNG\r\n\x1a\n" + b"no png at all", name="a.png"), "unreadable"),
        (ContentFile(b"%PDF-1.7 ...", name="a.jpg"), "unreadable"),
        (picture("GIF"), "unreadable"),
        (picture("BMP"), "unreadable"),
        (ContentFile(picture().read()[:-40], name="cut.png"), "unreadable"),
        (picture(size=(99, 400)), "too_small"),
        (ContentFile(b"x" * (pictures.BYTES_MAX + 1), name="a.png"), "too_heavy"),
        (bomb(30_000, 30_000), "too_many_pixels"),
        (bomb(6_000, 5_000), "too_many_pixels"),
        (bomb(100_000, 100), "unreadable"),
    ],
)
def test_what_is_refused(upload: Any, code: str) -> None:
    assert refusal(upload) == code


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(pictures.FORMATS),
    place=st.integers(0, 10_000),
    damage=st.binary(min_size=1, max_size=40),
)
def test_a_damaged_file_is_refused_or_drawn_but_never_an_error(kind: str, place: int, damage: bytes) -> None:
    data = bytearray(picture(kind, size=(120, 110)).read())
    place %= len(data)
    data[place : place + len(damage)] = damage
    try:
        drawn = avatars.portrait(ContentFile(bytes(data)))
    except ValidationError:
        return
    with Image.open(drawn) as image:
        assert image.size == (avatars.SIDE_PX, avatars.SIDE_PX)


class Stored(TestCase):
    def setUp(self) -> None:
        self.user_id = create_user().pk

    def files(self) -> list[str]:
        return default_storage.listdir(avatars.FOLDER)[1] if default_storage.exists(avatars.FOLDER) else []

    def test_it_is_announced_where_it_is(self) -> None:
        with emitted() as events:
            profile = profiles.update(user_id=self.user_id, avatar=picture())
        assert events == [
            ("profile_updated", {"user_id": self.user_id, "changed_fields": ["avatar"]}),
            ("avatar_changed", {"user_id": self.user_id, "new_avatar_url": profile.avatar_url}),
        ]
        assert self.files() == [str(profile.avatar.name).removeprefix(avatars.FOLDER)]

    def test_no_path_stores_a_file_as_it_came(self) -> None:
        profile = UserProfile.objects.get(user_id=self.user_id)
        profile.avatar.save("evil.png", ContentFile(picture().read()))
        profile.refresh_from_db()
        with profile.avatar.open() as file, Image.open(file) as image:
            assert image.size == (avatars.SIDE_PX, avatars.SIDE_PX)

    def test_a_refusal_leaves_nothing(self) -> None:
        for upload in (ContentFile(b"no picture", name="a.png"), bomb(30_000, 30_000)):
            with emitted() as events, pytest.raises(ValidationError) as refused:
                profiles.update(user_id=self.user_id, avatar=upload, bio="new")
            assert list(refused.value.message_dict) == ["avatar"]
            assert events == []
        assert self.files() == []
        assert UserProfile.objects.get(user_id=self.user_id).bio == ""

    def test_a_refusal_of_another_field_leaves_no_file(self) -> None:
        with pytest.raises(ValidationError):
            profiles.update(user_id=self.user_id, avatar=picture(), display_name="\u200b")
        assert self.files() == []

    def test_the_one_before_goes_when_the_change_is_committed(self) -> None:
        with self.captureOnCommitCallbacks(execute=True):
            profiles.update(user_id=self.user_id, avatar=picture())
        [first] = self.files()
        with self.captureOnCommitCallbacks(execute=False) as callbacks:
            profiles.update(user_id=self.user_id, avatar=picture())
        assert first in self.files()
        for callback in callbacks:
            callback()
        assert first not in self.files()
        with self.captureOnCommitCallbacks(execute=True):
            profiles.update(user_id=self.user_id, avatar="")
        assert self.files() == []

    def test_what_no_profile_names_is_swept_up(self) -> None:
        kept = profiles.update(user_id=self.user_id, avatar=picture()).avatar.name
        for name in ("old.webp", "young.webp"):
            default_storage.save(avatars.FOLDER + name, ContentFile(b"left behind"))
        past = (timezone.now() - 2 * pictures.ORPHAN_AGE).timestamp()
        for name in (avatars.FOLDER + "old.webp", str(kept)):
            path = Path(default_storage.path(name))
            os.utime(path, (past, past))
        assert profiles.sweep_avatars() == 1
        assert sorted(self.files()) == sorted(["young.webp", str(kept).removeprefix(avatars.FOLDER)])

    def test_nothing_to_sweep(self) -> None:
        assert profiles.sweep_avatars() == 0
