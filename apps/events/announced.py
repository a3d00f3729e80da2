"""Rows that announce themselves, so that no path (admin, shell, another app) can change one in silence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models.fields.files import FieldFile
from django.db.models.signals import post_delete, post_save

from apps.events.errors import EventError


class SilentChange(EventError):
    """A bulk update would change an announced field without a word."""


@dataclass(frozen=True, slots=True)
class Change:
    """What the database held, and what it holds now."""

    old: Any
    new: Any


class AnnouncedQuerySet[M: "AnnouncedModel"](models.QuerySet[M]):
    """Refuses what would bypass the announcements."""

    def update(self, **fields: Any) -> int:
        """Update fields that nobody announces.

        Raises SilentChange for an announced one.
        """
        self._refuse(fields)
        return super().update(**fields)

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], *args: Any, **options: Any) -> int:
        """Update fields that nobody announces.

        Raises SilentChange for an announced one.
        """
        fields = list(fields)
        self._refuse(fields)
        return super().bulk_update(objs, fields, *args, **options)

    def bulk_create(self, objs: Iterable[M], *args: Any, **options: Any) -> list[M]:
        """Insert rows and announce each birth, in one transaction."""
        if options.get("ignore_conflicts") or options.get("update_conflicts"):
            raise SilentChange(
                f"{self.model.__name__}.bulk_create() cannot tell which rows were born "
                "when conflicts are ignored"
            )
        with transaction.atomic():
            rows = super().bulk_create(objs, *args, **options)
            self.model.announce_all_created(rows)
        for row in rows:
            row.remember()
        return rows

    def _refuse(self, fields: Iterable[str]) -> None:
        names = {self.model._meta.get_field(name).name for name in fields}
        if touched := sorted(names.intersection(self.model.ANNOUNCED_FIELDS)):
            raise SilentChange(
                f"{self.model.__name__}.{touched[0]} is announced when it changes, "
                f"and a bulk update is silent: use {self.model.ANNOUNCED_BY}"
            )


class AnnouncedModel(models.Model):
    """Base of rows whose birth, end and changes of ANNOUNCED_FIELDS are domain events.

    `save()` locks the row, compares with the database's values, and writes only what this instance changed:
    an instance that was loaded earlier never reverts what others did since.
    """

    ANNOUNCED_FIELDS: ClassVar[tuple[str, ...]] = ()
    # What to use instead of a bulk update; named in the refusal.
    ANNOUNCED_BY: ClassVar[str] = "save() on each row"

    objects = AnnouncedQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def announce_created(self) -> None:
        """Send what the birth of this row means."""

    def announce_changed(self, changes: dict[str, Change]) -> None:
        """Send what a change of announced fields means; called on a real change only."""

    def announce_deleted(self) -> None:
        """Send what the end of this row means."""

    @classmethod
    def announce_all_created(cls, rows: Sequence[Self]) -> None:
        """Announce many births; override with `send_many` where many are usual."""
        for row in rows:
            row.announce_created()

    @classmethod
    def from_db(cls, *args: Any, **options: Any) -> Self:
        """Remember what was loaded."""
        instance = super().from_db(*args, **options)
        instance.remember()
        return instance

    def remember(self, names: Iterable[str] | None = None) -> None:
        """Take the present values, all or those of some fields, as those of the database."""
        values = self._values()
        if names is None:
            self.__dict__["_remembered"] = values
            return
        fields = {self._meta.get_field(name).name for name in names}
        known: dict[str, Any] = self.__dict__.setdefault("_remembered", {})
        known.update({name: value for name, value in values.items() if name in fields})

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        """Load the row again, or some fields of it; what was changed in the others is still to be saved."""
        fields = None if fields is None else list(fields)
        super().refresh_from_db(using, fields, from_queryset)
        self.remember(fields)

    def save(self, *args: Any, **options: Any) -> None:
        """Insert the row, or write what this instance changed; announce either, in the same transaction."""
        with transaction.atomic():
            if self._state.adding or options.get("force_insert"):
                super().save(*args, **options)
                written = None
            else:
                written = self._save_changes(options)
        self.remember(written)

    def _save_changes(self, options: dict[str, Any]) -> set[str]:
        """Write what this instance changed and announce it; return the fields written."""
        remembered: dict[str, Any] = self.__dict__.get("_remembered", {})
        mine = {name: value for name, value in self._values().items() if remembered.get(name, ...) != value}
        only = options.pop("update_fields", None)
        if only is not None:
            mine = {name: value for name, value in mine.items() if name in set(only)}
        automatic = {f.name for f in self._meta.concrete_fields if getattr(f, "auto_now", False)}
        if not mine:
            return set()
        held = type(self)._base_manager.select_for_update().get(pk=self.pk)
        before = held._values()
        super().save(update_fields=sorted(mine.keys() | automatic), **options)
        after = self._values()
        changes = {
            name: Change(before[name], after[name])
            for name in self.ANNOUNCED_FIELDS
            if name in mine and before[name] != after[name]
        }
        if changes:
            self.announce_changed(changes)
        return mine.keys() | automatic

    def _values(self) -> dict[str, Any]:
        deferred = self.get_deferred_fields()
        return {
            field.name: self._plain(field)
            for field in self._meta.concrete_fields
            if field.attname not in deferred and not field.primary_key
        }

    def _plain(self, field: "models.Field[Any, Any]") -> Any:
        value = getattr(self, field.attname)
        # A file field hands out the same object whatever file it names.
        return value.name or "" if isinstance(value, FieldFile) else value


def announce_birth(instance: models.Model, created: bool, raw: bool = False, **_: Any) -> None:
    """Announce a row that was inserted by `save`."""
    if created and isinstance(instance, AnnouncedModel) and not raw:
        instance.announce_created()


def announce_end(instance: models.Model, **_: Any) -> None:
    """Announce a row that was deleted, also by a queryset or a cascade."""
    if isinstance(instance, AnnouncedModel):
        instance.announce_deleted()


post_save.connect(announce_birth, dispatch_uid="events.announce_birth")
post_delete.connect(announce_end, dispatch_uid="events.announce_end")
