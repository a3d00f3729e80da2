"""Types that many endpoints answer with."""

from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

Text = Annotated[str | None, BeforeValidator(lambda text: text or None)]
"""A text that may be unset: null then, never empty."""

Slug = Annotated[str, StringConstraints(pattern="^[-a-zA-Z0-9_]+$", max_length=80)]
"""What stands for a thing in addresses."""
