"""What the pages' tests share."""

from collections.abc import Iterator

import pytest

from apps.web.testing import browser, open_page
from apps.web.tests import played

__all__ = ["browser", "open_page"]


@pytest.fixture(scope="session", autouse=True)
def _no_season_stays(django_db_setup: None) -> Iterator[None]:
    """Leave no database of the season behind."""
    yield
    played.drop()
