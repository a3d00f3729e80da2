"""`events verify` reports what is wrong: every stored figure is spoiled once, and every spoiled one is found.

How to spoil a figure is found by trying: the tables that its stored side reads are changed, one number or one
row at a time, until it reads something else. So a figure that an app adds is covered the same day.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from apps.events.verify import Figure, compare, figures, verify
from apps.user_profile.models import UserProfileStats

from . import story, tables

NUMBERS = (models.IntegerField, models.DecimalField, models.FloatField)
# By these names a column says that it is counted from other rows.
COUNTED = re.compile(r"(_count|_total|_played|_won|_lost|_joined|_sum|^balance)$")
# What sounds like a figure and is none: `app.Model.column`, and why.
EXEMPT = {
    "teams.Team.roster_version": "a version: it only has to grow",
}


def our_models() -> Iterator[type[models.Model]]:
    """Yield the models of our apps, but those of the events."""
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("apps.") and model._meta.app_label != "events":
            yield model


def tables_of(figure: Figure) -> list[type[models.Model]]:
    """Return the models whose tables the stored side of a figure reads."""
    assert figure.stored
    with CaptureQueriesContext(
        connection,
    ) as queries:
        dict(figure.stored())
    asked = " ".join(query["sql"] for query in queries)
    return [model for model in our_models() if re.search(rf"\b{model._meta.db_table}\b", asked)]


def numbers_of(model: type[models.Model]) -> list[str]:
    """Return the columns of a model that hold numbers of its own."""
    return [
        field.column
        for field in model._meta.concrete_fields
        if isinstance(field, NUMBERS) and not field.primary_key and not field.is_relation
    ]


def ways_to_spoil(figure: Figure) -> Iterator[tuple[str, list[Any]]]:
    """Yield statements that may change what the stored side of a figure reads."""
    for model in tables_of(figure):
        table, key = model._meta.db_table, model._meta.pk.column
        for column in numbers_of(model):
            yield one_more(table, key, column)
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT "{key}" FROM "{table}" ORDER BY 1')
            rows = cursor.fetchall()
        for row in rows:
            yield f'DELETE FROM "{table}" WHERE "{key}" = %s', list(row)


def one_more(table: str, key: str, column: str) -> tuple[str, list[Any]]:
    """Return a statement that adds one to a column of the first row that has a number there."""
    first = f'(SELECT min("{key}") FROM "{table}" WHERE "{column}" IS NOT NULL)'
    return f'UPDATE "{table}" SET "{column}" = "{column}" + 1 WHERE "{key}" = {first}', []


def drifting_after(sql: str, parameters: Iterable[Any]) -> dict[str, int]:
    """Run a statement, verify, take it back; return how many keys of which figures differ."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Rolled back with the rest.
            tables.lift_protection()
            cursor.execute(sql, list(parameters))
            found = {finding.name: finding.drift for finding in verify() if finding.drift}
            transaction.set_rollback(True)
    except IntegrityError:
        return {}
    return found


def counted_columns() -> list[tuple[type[models.Model], str]]:
    """Return every column that holds a figure, by its name or because it is one of a player's statistics."""
    found = []
    for model in our_models():
        for column in numbers_of(model):
            exempt = f"{model._meta.label}.{column}" in EXEMPT
            if not exempt and (model is UserProfileStats or COUNTED.search(column)):
                found.append((model, column))
    return found


class Figures(TestCase):
    """After the story; in a TestCase it is delivered at once."""

    @classmethod
    def setUpTestData(cls) -> None:
        story.tell()

    def test_nothing_drifts_after_the_story(self) -> None:
        findings = {finding.name: finding for finding in verify()}
        assert findings.keys() == figures.keys()
        assert {name: one.examples for name, one in findings.items() if one.drift} == {}
        unchecked = [name for name, one in findings.items() if one.rows_checked == 0]
        assert not unchecked, "the story tells too little"
        assert not [name for name, one in figures.items() if not any(value for _, value in one.stored())]

    def test_a_spoiled_figure_is_reported(self) -> None:
        for name in sorted(figures):
            with self.subTest(name):
                assert self.is_reported_when_spoiled(name), (
                    f"{name}: nobody knows how to spoil it, no change of a number or a row in"
                    f" {tables_of(figures[name])} is reported. Does its stored side read the copy, and its"
                    " source something else?"
                )

    def is_reported_when_spoiled(self, name: str) -> bool:
        """Spoil a figure in every way until one is reported."""
        for sql, parameters in ways_to_spoil(figures[name]):
            if drifting_after(sql, parameters).get(name) == 1:
                return compare(figures[name]).drift == 0
        return False

    def test_every_counted_column_is_a_figure(self) -> None:
        for model, column in counted_columns():
            with self.subTest(f"{model.__name__}.{column}"):
                table, key = model._meta.db_table, model._meta.pk.column
                assert model._default_manager.exists(), f"the story makes no {model.__name__}: tell more"
                assert drifting_after(*one_more(table, key, column)), (
                    f"{model.__name__}.{column} may be wrong without `events verify` seeing it: register a"
                    " figure for it in a figures.py, or say in EXEMPT why it is none"
                )
