"""Reading pages in tests."""

import copy
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext

from apps.web.tests import played
from apps.web.tests.season import Season

NOT_WORDS = re.compile(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", re.DOTALL)


def html_of(client: Client, path: str) -> str:
    """Return the source of a page that is there."""
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return answer.content.decode()


def text_of(client: Client, path: str) -> str:
    """Return the words of a page in one line, with plain dashes."""
    html = re.sub(r"</?time[^>]*>", "", html_of(client, path))
    return re.sub(r"\s+", " ", NOT_WORDS.sub(" ", html)).replace("\N{EN DASH}", "-").replace("&amp;", "&")


@contextmanager
def at_most(count: int, path: str) -> Iterator[None]:
    """Fail when more queries than this are made inside the block."""
    with CaptureQueriesContext(connection) as queries:
        yield
    made = "\n".join(query["sql"][:200] for query in queries)
    assert len(queries) <= count, f"{path} took {len(queries)} queries, {count} are allowed:\n{made}"


class SeasonCase(TestCase):
    """A test with the small season, in the database where it was played."""

    as_played: Season
    season: Season

    @classmethod
    def setUpClass(cls) -> None:
        """Go there for as long as the class takes."""
        cls.as_played = cls.enterClassContext(played.inside())
        super().setUpClass()

    @classmethod
    def setUpTestData(cls) -> None:
        """Give each class a season of its own to go on with."""
        cls.season = copy.deepcopy(cls.as_played)
