"""Pictures that players upload: looked at, drawn anew and thrown away; only our drawing is kept.

So nothing of the file survives but what can be seen: no metadata, no second format hidden in it, no script.
"""

import io
import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
BYTES_MAX = 5_000_000
SIDE_PX_MIN = 100
PIXELS_MAX = 25_000_000
"""More than phones make by default; four bytes each, this is what one upload may take of the memory."""
QUALITY = 86
ORPHAN_AGE = timedelta(days=1)

UNREADABLE = "This file is not a picture that we can read. Upload a JPEG, PNG or WebP."


class Drawing(ContentFile):  # type: ignore[type-arg]
    """A picture that was drawn by us, and so may be stored."""


def drawn(upload: "File[Any]", draw: Callable[[Image.Image], Image.Image]) -> Drawing:
    """Return the upload as a picture of ours, as `draw` makes it, with an unguessable name.

    Raises ValidationError when it is too large, too small, or no picture whatever its name says.
    """
    if upload.size > BYTES_MAX:
        raise ValidationError(
            "The picture has more than %(limit)d MB. Upload a smaller one.",
            code="too_heavy",
            params={"limit": BYTES_MAX // 1_000_000},
        )
    upload.seek(0)
    written = io.BytesIO()
    try:
        with Image.open(upload, formats=FORMATS) as image:
            check_size(*image.size)
            draw(image).save(written, "WEBP", quality=QUALITY, method=4)
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large() from None
    except Exception as error:
        # The decoders of a damaged file raise whatever they stumble over, from OSError to IndexError.
        raise ValidationError(UNREADABLE, code="unreadable") from error
    return Drawing(written.getvalue(), name=f"{uuid.uuid4().hex}.webp")


def check_size(width: int, height: int) -> None:
    """Refuse by what the header says, before a single pixel is unpacked."""
    if width * height > PIXELS_MAX:
        raise too_large()
    if min(width, height) < SIDE_PX_MIN:
        raise ValidationError(
            "The picture is smaller than %(side)d by %(side)d pixels. Upload a larger one.",
            code="too_small",
            params={"side": SIDE_PX_MIN},
        )


def too_large() -> ValidationError:
    """Return the refusal of a picture with too many pixels."""
    return ValidationError(
        "The picture has more than %(limit)d million pixels. Upload a smaller one.",
        code="too_many_pixels",
        params={"limit": PIXELS_MAX // 1_000_000},
    )


def upright(image: Image.Image) -> Image.Image:
    """Return the first frame as it is to be seen, in plain colours."""
    turned = ImageOps.exif_transpose(image)
    return turned.convert("RGBA" if turned.has_transparency_data else "RGB")


def sweep(folder: str, named: Iterable[str]) -> int:
    """Delete the pictures of a folder that no row names any more; return how many there were.

    A file is written before the transaction that names it commits, so a young one is left alone.
    """
    try:
        _, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return 0
    eldest = timezone.now() - ORPHAN_AGE
    old = {
        name for name in (folder + file for file in files) if default_storage.get_modified_time(name) < eldest
    }
    # Asked last: what was named meanwhile is among them.
    orphans = old.difference(named)
    for name in orphans:
        default_storage.delete(name)
    return len(orphans)
