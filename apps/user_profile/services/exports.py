"""All that is kept about a player, for himself: a ZIP of JSON files.

It is found by walking the models, so that what an app adds is in it the same day. A row is a player's when it
names him as its owner, or when it names nobody and its parent is his. What others did to him is theirs.
"""

import json
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from apps.events.models import EventLog
from apps.user_profile.models import StaffLook, User, UserProfile

OWNERS = (
    "user",
    "user_profile",
    "profile",
    "follower",
    "owner",
    "author",
    "creator",
    "created_by",
    "inviter",
)
SECRET = re.compile(r"password|secret|token|hash|digest|key|^data$")
"""Columns that let somebody in. They are nobody's to read, not even the player's."""
NOT_OWN = {StaffLook}
"""What operators did is theirs."""
IN_MEMORY_BYTES = 2_000_000
README = """What DeltaCrown keeps about you, one file for each kind of thing. Times are in UTC (ISO 8601).
Other players appear by their ids. Passwords and other secrets are left out. events.json is the log of what
happened to you; picture.webp is your picture.
"""


def archive(user_id: int) -> IO[bytes]:
    """Return a ZIP of all that is kept about a player, open at its beginning."""
    file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 - the answer that sends it closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("README.txt", README)
        for name, rows in sections(user_id):
            bundle.writestr(f"{name}.json", json.dumps(rows, cls=DjangoJSONEncoder, indent=1))
        picture = UserProfile.objects.only("avatar").get(user_id=user_id).avatar
        if picture and picture.storage.exists(str(picture.name)):
            with picture.open() as content:
                bundle.writestr("picture.webp", content.read())
    file.seek(0)
    return file


def sections(user_id: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield every kind of thing that there is of a player, with its rows."""
    yield "account", rows_of(User.objects.filter(pk=user_id))
    for model, path in sorted(own_models(), key=lambda each: each[0]._meta.label_lower):
        rows = rows_of(model._base_manager.filter(**{path: user_id}).order_by("pk"))
        if rows:
            yield model._meta.label_lower.replace(".", "-"), rows
    events = EventLog.objects.filter(user_id=user_id).order_by("pk")
    yield "events", [dict(row) for row in events.values("event_type", "occurred_at", "payload")]


def own_models() -> Iterable[tuple[type[models.Model], str]]:
    """Yield the models whose rows belong to players, each with the way from a row to its player."""
    for model in apps.get_models():
        if model not in NOT_OWN and (path := way_to_owner(model)):
            yield model, path


def way_to_owner(model: type[models.Model]) -> str | None:
    """Return the lookup from a row to the player it belongs to, None where it belongs to nobody."""
    named = [field.name for field in links(model) if field.related_model in (User, UserProfile)]
    for name in OWNERS:
        if name in named:
            field = model._meta.get_field(name)
            return f"{name}__user_id" if field.related_model is UserProfile else f"{name}_id"
    if named:
        return None
    for field in links(model):
        parent = field.related_model
        if any(each.name == "user" and each.related_model is User for each in links(parent)):
            return f"{field.name}__user_id"
    return None


def links(model: Any) -> list[Any]:
    """Return the columns of a model that name a row of another."""
    return [field for field in model._meta.concrete_fields if field.is_relation]


def rows_of(found: "models.QuerySet[Any]") -> list[dict[str, Any]]:
    """Return rows with all their columns but the secret ones; others' rows appear by their ids."""
    columns = [
        field.attname
        for field in found.model._meta.concrete_fields
        if not SECRET.search(field.name) and not isinstance(field, models.BinaryField)
    ]
    return list(found.values(*columns))
