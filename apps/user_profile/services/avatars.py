"""Pictures of players: what was uploaded is looked at, drawn anew and thrown away; only our drawing is kept.

So nothing of the file survives but what can be seen: no metadata, no second format hidden in it, no script.
"""

import io
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, ImageOps

FOLDER = "avatars/"
FORMATS = ("JPEG", "PNG", "WEBP")
BYTES_MAX = 5_000_000
SIDE_PX_MIN = 100
PIXELS_MAX = 25_000_000
"""More than phones make by default; four bytes each, this is what one upload may take of the memory."""
SIDE_PX = 512
"""Of the picture that is kept; the largest that a page shows is 112 px, on dense screens three times that."""
QUALITY = 86
ORPHAN_AGE = timedelta(days=1)

UNREADABLE = "This file is not a picture that we can read. Upload a JPEG, PNG or WebP."


class Portrait(ContentFile):  # type: ignore[type-arg]
    """A picture that was drawn by us, and so may be stored."""


def portrait(upload: "File[Any]") -> Portrait:
    """Return the upload as a square picture of ours, with an unguessable name.

    Raises ValidationError when it is too large, too small, or no picture whatever its name says.
    """
    if upload.size > BYTES_MAX:
        raise ValidationError(
            "The picture has more than %(limit)d MB. Upload a smaller one.",
            code="too_heavy",
            params={"limit": BYTES_MAX // 1_000_000},
        )
    upload.seek(0)
    drawn = io.BytesIO()
    try:
        with Image.open(upload, formats=FORMATS) as image:
            check_size(*image.size)
            draw(image).save(drawn, "WEBP", quality=QUALITY, method=4)
    except ValidationError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large() from None
    except Exception as error:
        # The decoders of a damaged file raise whatever they stumble over, from OSError to IndexError.
        raise ValidationError(UNREADABLE, code="unreadable") from error
    return Portrait(drawn.getvalue(), name=f"{uuid.uuid4().hex}.webp")


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


def draw(image: Image.Image) -> Image.Image:
    """Return the first frame upright, cut to a square around its middle."""
    image.draft("RGB", (2 * SIDE_PX, 2 * SIDE_PX))  # a JPEG is unpacked no larger than is needed
    upright = ImageOps.exif_transpose(image)
    plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    fitted = ImageOps.fit(plain, (SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    fitted.info.clear()
    return fitted


def sweep(named: Iterable[str]) -> int:
    """Delete the pictures that no profile names any more; return how many there were.

    A file is written before the transaction that names it commits, so a young one is left alone.
    """
    try:
        _, files = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    eldest = timezone.now() - ORPHAN_AGE
    old = {
        name for name in (FOLDER + file for file in files) if default_storage.get_modified_time(name) < eldest
    }
    # Asked last: what was named meanwhile is among them.
    orphans = old.difference(named)
    for name in orphans:
        default_storage.delete(name)
    return len(orphans)
