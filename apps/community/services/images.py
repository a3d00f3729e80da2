"""Pictures in posts: drawn anew as those of players are, whole and no larger than a page shows them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image

from apps.community.models import Post, PostImage
from apps.user_profile.services import pictures

FOLDER = "posts/"
SIDE_PX_MAX = 1600
IMAGES_MAX = 4
ALT_CHARS_MAX = 300

type Upload = tuple[File[Any], str]
"""A picture, and what it shows."""


def draw(image: Image.Image) -> Image.Image:
    """Return the first frame upright, no longer than a page shows it."""
    image.draft("RGB", (2 * SIDE_PX_MAX, 2 * SIDE_PX_MAX))
    fitted = pictures.upright(image)
    fitted.thumbnail((SIDE_PX_MAX, SIDE_PX_MAX), Image.Resampling.LANCZOS)
    fitted.info.clear()
    return fitted


def drawn(uploads: Sequence[Upload]) -> list[tuple[pictures.Drawing, str]]:
    """Return our drawings of what was uploaded. Raises ValidationError naming the field `images`."""
    if len(uploads) > IMAGES_MAX:
        raise ValidationError({"images": f"A post takes {IMAGES_MAX} pictures at most. Leave some out."})
    try:
        return [(pictures.drawn(upload, draw), alt.strip()[:ALT_CHARS_MAX]) for upload, alt in uploads]
    except ValidationError as error:
        raise ValidationError({"images": error.messages}) from error


def attach(post: Post, drawings: Iterable[tuple[pictures.Drawing, str]]) -> None:
    """Store the pictures of a new post."""
    for place, (drawing, alt) in enumerate(drawings):
        PostImage.objects.create(post=post, place=place, image=drawing, alt=alt)


def drop_after_commit(post_ids: Sequence[int]) -> None:
    """Delete the files of posts that are going; what a crash leaves behind, the sweep finds."""
    names = list(PostImage.objects.filter(post_id__in=post_ids).values_list("image", flat=True))

    def drop() -> None:
        for name in names:
            default_storage.delete(name)

    transaction.on_commit(drop)


def sweep() -> int:
    """Delete the pictures that no post has any more; return how many there were."""
    return pictures.sweep(FOLDER, PostImage.objects.values_list("image", flat=True))
