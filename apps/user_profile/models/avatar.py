"""A column for pictures of players, through which no file passes as it came."""

from typing import Any

from django.core.files import File
from django.db import models
from django.db.models.fields.files import ImageFieldFile

from apps.user_profile.services import avatars, pictures


class AvatarFile(ImageFieldFile):
    """A stored picture; what is stored is drawn anew first."""

    def save(self, name: str, content: "File[Any]", save: bool = True) -> None:
        """Store our drawing of a picture.

        Raises ValidationError when it is none.
        """
        drawn = content if isinstance(content, pictures.Drawing) else avatars.portrait(content)
        super().save(str(drawn.name), drawn, save)


class AvatarField(models.ImageField):
    """A picture of a player."""

    attr_class = AvatarFile

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Return our drawing of what was uploaded, or what is stored already.

        Raises ValidationError when it is not a picture that we take.
        """
        if model_instance and value and not value._committed and not isinstance(value.file, pictures.Drawing):
            value = AvatarFile(model_instance, self, str((drawn := avatars.portrait(value.file)).name))
            value.file, value._committed = drawn, False
        return super().clean(value, model_instance)

    def deconstruct(self) -> Any:
        """Be a plain ImageField to migrations: the column is the same."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.ImageField", args, kwargs
