"""The administration for every model that has no pages of its own there: to look at, and nothing else.

What is written has services that announce it, so nothing here writes; and no action works on many rows at
once, where rows would not announce themselves. Whoever looks at rows of players leaves a look behind.
"""

from collections.abc import Sequence
from typing import Any, cast

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.module_loading import autodiscover_modules

from apps.user_profile.services import staff_looks

# A page of the administration never counts further than this, nor leads further.
ROWS_MAX = 10_000
COLUMNS_MAX = 7
FILTERS_MAX = 4
PART_CHARS_MAX = 30

# Models that are not shown, and why.
NOT_SHOWN = {
    "events.Lane": "has two keys, which Django's administration cannot address: /ops/subscribers/ shows it",
    "events.StoredTally": "has four keys, which Django's administration cannot address: /ops/ shows it",
    "sessions.Session": "its key signs somebody in",
    "account.EmailConfirmation": "its key confirms an address",
}
# Columns that are nobody's to read, not even an operator's.
SECRETS = {
    "api.ApiToken": ("digest",),
    "api.KeptAnswer": ("headers", "body"),
    # /ops/events/ shows it, with what is personal masked.
    "events.EventLog": ("payload",),
    "user_profile.PublicIdKey": ("key",),
    "webhooks.Endpoint": ("sealed_url", "sealed_secret", "sealed_old_secret"),
}
# Tables that are too long to be searched but by an index.
SEARCHED_BY = {"events.EventLog": ["event_type__exact"], "events.EventStream": ["key__exact"]}


class Bounded(Paginator):  # type: ignore[type-arg]
    """Pages of a table, however long it is."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, or ROWS_MAX."""
        rows = cast("models.QuerySet[Any]", self.object_list)
        return rows.order_by()[:ROWS_MAX].count()


class Shown(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows to look at; those of players write the look down."""

    paginator = Bounded
    show_full_result_count = False
    ordering = ["-pk"]
    # Columns that say which player a row is about, and what a look at it is called.
    players: Sequence[str] = ()
    parts_shown: Sequence[str] = ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row, and write the look down."""
        found = super().get_object(request, object_id, from_field)
        self.note(request, [found] if found is not None else [])
        return found

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Return the list, and write the looks at its rows down."""
        found = super().get_changelist_instance(request)
        self.note(request, list(found.result_list))
        return found

    def note(self, request: HttpRequest, rows: list[Any]) -> None:
        """Write down whose rows were looked at."""
        staff_id = request.user.pk
        assert staff_id is not None
        for user_id in {getattr(row, name) for row in rows for name in self.players} - {None, staff_id}:
            for part in self.parts_shown:
                staff_looks.note(staff_id=staff_id, user_id=user_id, part=part)


def pages_for(model: type[models.Model]) -> type[Shown]:
    """Return the pages of a model, made from its columns."""
    label = model._meta.label
    fields = [field for field in model._meta.concrete_fields if field.name not in SECRETS.get(label, ())]
    players = [
        field.attname for field in fields if field.is_relation and field.related_model is get_user_model()
    ]
    short = [field for field in fields if not isinstance(field, models.TextField | models.JSONField)]
    texts = [field.name for field in fields if isinstance(field, models.CharField | models.SlugField)]
    usernames = [f"{field.name}__username" for field in fields if field.attname in players]
    facts: dict[str, Any] = {
        "__doc__": f"{model.__name__}, to look at.",
        "list_display": [field.name for field in short[:COLUMNS_MAX]],
        "list_filter": [
            field.name for field in fields if field.choices or isinstance(field, models.BooleanField)
        ][:FILTERS_MAX],
        "list_select_related": [field.name for field in short[:COLUMNS_MAX] if field.is_relation] or False,
        "search_fields": SEARCHED_BY.get(label, [*texts, *usernames]),
        "fields": [field.name for field in fields],
        "players": players,
        "parts_shown": [f"admin_{model._meta.model_name}"[:PART_CHARS_MAX]] if players else (),
    }
    return type(f"{model.__name__}Pages", (Shown,), facts)


def show_the_rest() -> None:
    """Give pages to every model that has none."""
    autodiscover_modules("admin", register_to=admin.site)
    for model in apps.get_models():
        if not admin.site.is_registered(model) and model._meta.label not in NOT_SHOWN:
            admin.site.register(model, pages_for(model))


# Rows that are deleted or changed many at a time would not announce themselves.
admin.site.disable_action("delete_selected")
show_the_rest()
