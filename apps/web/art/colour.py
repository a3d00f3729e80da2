"""Colours for generated pictures, chosen in OKLCH and written as hex, which every SVG renderer reads."""

from math import cos, radians, sin
from random import Random

# The palette's hues: evenly readable ones, without the muddy stretch between yellow and green;
# of the deep ones those that stay clean when they are dark.
HUES = (12, 32, 55, 78, 150, 172, 195, 222, 248, 270, 292, 315, 340)
DEEP_HUES = (12, 30, 160, 190, 222, 248, 270, 292, 315, 340)


def tint(key: str) -> int:
    """Return which of ``HUES`` belongs to a picture's key; pages about its owner wear it, too."""
    return Random(f"tint:{key}").randrange(len(HUES))


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return ``#rrggbb`` for an OKLCH colour.

    Colours outside sRGB are clipped per channel. Source of the matrices: B. Ottosson, "A perceptual color
    space for image processing", 2020.
    """
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _encode(channel)):02x}" for channel in linear)


def _encode(channel: float) -> float:
    """Apply sRGB's transfer curve to one linear channel, clipped to 0..1."""
    channel = min(1.0, max(0.0, channel))
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
