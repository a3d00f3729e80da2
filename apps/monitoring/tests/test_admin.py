"""The administration: pages for every model, searched and filtered; nothing that skips an event."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import models
from django.test import Client, RequestFactory
from django.urls import reverse

from apps.api.models import ApiToken
from apps.events.models import EventStream
from apps.monitoring.admin import NOT_SHOWN, ROWS_MAX, SECRETS, Bounded
from apps.monitoring.testing import operator
from apps.user_profile.models import StaffLook, User
from apps.web.tests.pages import at_most, html_of
from tests import story

pytestmark = pytest.mark.django_db

# Actions that go row by row through a service.
SAFE_ACTIONS = {("economy.Purchase", "take_back")}
MODELS = [model for model in apps.get_models() if model._meta.label not in NOT_SHOWN]


@pytest.fixture
def administrator(client: Client) -> User:
    user = operator(client)
    user.is_superuser = True
    user.save(update_fields=["is_superuser"])
    return user


def all_pages() -> Iterator[tuple[str, Any]]:
    for model, pages in admin.site._registry.items():
        yield model._meta.label, pages


def list_of(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def test_every_model_has_pages() -> None:
    missing = [model._meta.label for model in MODELS if not admin.site.is_registered(model)]
    assert not missing, f"{missing}: register them, or say in NOT_SHOWN why they are not shown"
    assert set(NOT_SHOWN) <= {model._meta.label for model in apps.get_models()}


def test_no_path_changes_many_rows_at_a_time(administrator: User) -> None:
    request = RequestFactory().get("/")
    request.user = administrator
    for label, pages in all_pages():
        actions = {(label, name) for name in pages.get_actions(request)}
        assert actions <= SAFE_ACTIONS, label
        assert not pages.list_editable, label


def test_every_page_answers(client: Client, administrator: User) -> None:
    """Plain, searched and filtered, and the page of a row wherever the story has left one."""
    story.tell()
    with_rows = 0
    for model in MODELS:
        address = list_of(model)
        assert client.get(address).status_code == 200, address
        assert client.get(f"{address}?q=ada").status_code == 200, address
        row = model._default_manager.order_by("-pk").first()
        if row is not None:
            with_rows += 1
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
            assert client.get(reverse(name, args=[row.pk])).status_code == 200, (name, row)
    assert with_rows > len(MODELS) / 2


def test_every_filter_answers(client: Client, administrator: User) -> None:
    for model in MODELS:
        fields: dict[Any, Any] = {field.name: field for field in model._meta.concrete_fields}
        for name in admin.site._registry[model].list_filter:
            field = fields.get(name)
            if field is None or not (field.choices or isinstance(field, models.BooleanField)):
                continue  # those of other people, on pages of their own
            value = field.choices[0][0] if field.choices else "1"
            address = f"{list_of(model)}?{name}__exact={value}"
            assert client.get(address).status_code == 200, address


def test_secrets_are_shown_to_nobody(client: Client, administrator: User) -> None:
    for label, columns in SECRETS.items():
        pages = admin.site._registry[apps.get_model(label)]
        names = {field.name for field in pages.model._meta.concrete_fields}
        assert set(columns) <= names, label
        assert not set(columns) & {*pages.fields, *pages.list_display, *pages.search_fields}, label
    token = ApiToken.objects.create(
        user=administrator, name="bot", prefix="dc_1", digest="d" * 64, scopes=["profile:read"]
    )
    assert "d" * 64 not in html_of(client, reverse("admin:api_apitoken_change", args=[token.pk]))


def test_looks_at_rows_of_players_are_written_down(client: Client, administrator: User) -> None:
    story.tell()
    before = StaffLook.objects.count()
    html_of(client, reverse("admin:notifications_notification_changelist"))
    new = StaffLook.objects.order_by("pk")[before:]
    assert {look.staff_id for look in new} == {administrator.pk}
    assert {part for look in new for part in look.parts} == {"admin_notification"}


def test_nothing_is_added_changed_or_deleted(client: Client, administrator: User) -> None:
    base = reverse("admin:events_subscription_changelist")
    assert client.get(f"{base}add/").status_code == 403
    assert client.post(f"{base}add/", {"name": "x"}).status_code == 403
    LogEntry.objects.create(user=administrator, action_flag=1, object_repr="x")
    row = LogEntry.objects.get()
    assert client.post(f"{list_of(LogEntry)}{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_long_table_is_counted_to_a_bound(client: Client, administrator: User) -> None:
    EventStream.objects.bulk_create(
        EventStream(position=number, log_id=number, event_type="x", key="user:1") for number in range(1, 300)
    )
    with at_most(12, "event stream"):
        html_of(client, list_of(EventStream))
    pages = Bounded(EventStream.objects.order_by("-pk"), 100)
    assert pages.count == 299
    assert f"LIMIT {ROWS_MAX}" in str(EventStream.objects.order_by()[:ROWS_MAX].query)
