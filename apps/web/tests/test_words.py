"""The template tags' words for numbers, places and times."""

from datetime import UTC, datetime

import pytest

from apps.web.templatetags import web
from apps.web.templatetags.web import DASH


def test_number() -> None:
    assert web.number(6377) == "6,377"
    assert web.number(None) == "0"


@pytest.mark.parametrize(
    ("part", "other", "said"), [(3, 2, "1.50"), (40, 41, "0.98"), (3, 0, "3.00"), (0, 0, "0.00")]
)
def test_ratio(part: int, other: int, said: str) -> None:
    assert web.ratio(part, other) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(2, 3, "67%"), (0, 5, "0%"), (0, 0, DASH), (0, None, DASH)]
)
def test_share(part: int, whole: int | None, said: str) -> None:
    assert web.share(part, whole) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (1, 1, "1st"),
        (2, None, "2nd"),
        (5, 6, f"5th{DASH}6th"),
        (13, 16, f"13th{DASH}16th"),
        (None, None, DASH),
    ],
)
def test_place(first: int | None, last: int | None, said: str) -> None:
    assert web.place(first, last) == said


def test_when_is_a_time_element() -> None:
    html = web.when(datetime(2018, 8, 19, 22, 35, tzinfo=UTC))
    assert 'datetime="2018-08-19T22:35+00:00"' in html
    assert ">19 Aug 2018<" in html
    assert web.when(None) == ""


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ((2018, 8, 15), (2018, 8, 19), ["15", "19 Aug 2018"]),
        ((2018, 1, 23), (2018, 4, 8), ["23 Jan", "8 Apr 2018"]),
        ((2017, 12, 30), (2018, 1, 2), ["30 Dec 2017", "2 Jan 2018"]),
        ((2018, 4, 19), (2018, 4, 19), ["19 Apr 2018"]),
    ],
)
def test_span_says_what_both_ends_share_once(
    start: tuple[int, int, int], end: tuple[int, int, int], said: list[str]
) -> None:
    html = web.span(datetime(*start, tzinfo=UTC), datetime(*end, tzinfo=UTC))
    assert [
        part.partition("<")[0] for part in str(html).split(">") if part.partition("<")[0].strip(DASH)
    ] == said
