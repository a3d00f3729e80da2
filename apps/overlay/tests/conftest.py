"""Fixtures of the overlays' tests."""

from apps.web.testing import browser, open_page

__all__ = ["browser", "open_page"]
