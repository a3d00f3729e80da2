"""Types that many endpoints take or answer with."""

from typing import Annotated

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, StringConstraints

Text = Annotated[str | None, BeforeValidator(lambda text: text or None)]
"""A text that may be unset: null then, never empty."""

Slug = Annotated[str, StringConstraints(pattern="^[-a-zA-Z0-9_]+$", max_length=80)]
"""What stands for a thing in addresses."""


class Strict(Schema):
    """What a write takes: a member that nobody knows is an error, not a wish that is passed over."""

    model_config = ConfigDict(extra="forbid")
