"""How much: the limits of overlays."""

NAME_CHARS_MAX = 60
OVERLAYS_MAX = 50
