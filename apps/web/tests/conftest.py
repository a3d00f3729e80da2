"""What the pages' tests share."""

from apps.web.testing import browser, open_page

__all__ = ["browser", "open_page"]
