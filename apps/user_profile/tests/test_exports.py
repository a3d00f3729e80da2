"""The download: all of a player, nothing that opens a door, nothing of others."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from PIL import Image

from apps.api.services import tokens
from apps.user_profile.models import User
from apps.user_profile.services import exports, follows, profiles
from apps.user_profile.testing import create_user
from tests import story

pytestmark = pytest.mark.django_db


def files_of(user: User) -> dict[str, Any]:
    with exports.archive(user.pk) as file, zipfile.ZipFile(file) as bundle:
        assert bundle.testzip() is None
        return {
            name: json.loads(bundle.read(name)) if name.endswith(".json") else bundle.read(name)
            for name in bundle.namelist()
        }


def test_after_a_season_everything_is_in_it() -> None:
    cast = story.tell()
    files = files_of(cast.players["ada"])
    for name in (
        "account", "events", "user_profile-userprofile", "user_profile-gameprofile",
        "user_profile-usernameclaim", "user_profile-privacysettings",
        "user_profile-useractivity", "user_profile-userprofilestats",
        "teams-teammembership", "economy-account", "economy-posting",
    ):  # fmt: skip
        assert files[f"{name}.json"], name
    assert files["account.json"][0]["username"] == "ada"
    assert files["user_profile-userprofile.json"][0]["display_name"] == "Ada III"
    assert {"profile_created", "display_name_changed"} <= {row["event_type"] for row in files["events.json"]}


def test_the_picture_is_in_it(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    data = io.BytesIO()
    Image.new("RGB", (120, 120), "red").save(data, "PNG")
    user = create_user()
    profiles.update(user_id=user.pk, avatar=ContentFile(data.getvalue(), name="a.png"))
    assert files_of(user)["picture.webp"][:4] == b"RIFF"


def test_no_secret_is_in_it() -> None:
    user = create_user("ada", password="correct-horse-battery")
    _token, secret = tokens.create(user_id=user.pk, name="script", scopes=["read"])
    EmailAddress.objects.create(user=user, email="ada@example.org")
    text = json.dumps(files_of(user), default=str)
    assert "ada@example.org" in text
    for hidden in (user.password, secret, secret[8:], '"password"'):
        assert hidden not in text


def test_nothing_of_others_is_in_it() -> None:
    user, other = create_user("ada"), create_user("mallory-the-other")
    follows.block(user_id=other.pk, blocked_id=user.pk)
    follows.mute(user_id=other.pk, muted_id=user.pk)
    files = files_of(user)
    assert "mallory" not in json.dumps(files, default=str)
    assert (
        not {"user_profile-block.json", "user_profile-mute.json", "user_profile-stafflook.json"}
        & files.keys()
    )
    assert "user_profile-block.json" in files_of(other)
