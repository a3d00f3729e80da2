"""Pictures of players: a square of what was uploaded, drawn anew as all pictures are (`pictures`)."""

from collections.abc import Iterable
from typing import Any

from django.core.files import File
from PIL import Image, ImageOps

from apps.user_profile.services import pictures

FOLDER = "avatars/"
SIDE_PX = 512
"""Of the picture that is kept; the largest that a page shows is 112 px, on dense screens three times that."""


def portrait(upload: "File[Any]") -> pictures.Drawing:
    """Return the upload as a square picture of ours. Raises ValidationError as `pictures.drawn` does."""
    return pictures.drawn(upload, draw)


def draw(image: Image.Image) -> Image.Image:
    """Return the first frame upright, cut to a square around its middle."""
    image.draft("RGB", (2 * SIDE_PX, 2 * SIDE_PX))  # a JPEG is unpacked no larger than is needed
    fitted = ImageOps.fit(pictures.upright(image), (SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    fitted.info.clear()
    return fitted


def sweep(named: Iterable[str]) -> int:
    """Delete the pictures that no profile names any more; return how many there were."""
    return pictures.sweep(FOLDER, named)
