"""What the pages show, composed of what the apps below let others read.

Rows of other apps' models are `Row` here: pages read them, but import no models.
"""

from typing import Any

type Row = Any
