"""Form and KDA, drawn: what the picture says, to whom, and what stands there before the first match."""

import pytest
from django.test import Client

from apps.user_profile.testing import create_user
from apps.web.design import samples
from apps.web.selectors.trend import trend_of
from apps.web.tests.pages import html_of, text_of


def test_a_picture_of_matches() -> None:
    rows = samples.history()
    trend = trend_of(rows)
    assert trend
    assert [point.played_at for point in trend.points] == [row.match.played_at for row in reversed(rows)]
    heights = [float(point.y) for point in trend.points]
    assert all(0 < height <= 100 for height in heights)
    assert sorted(trend.points, key=lambda point: point.kda, reverse=True) == sorted(
        trend.points, key=lambda point: float(point.y)
    )
    assert min(heights) <= float(trend.level) <= max(heights)
    assert trend.won == sum(row.won is True for row in rows)
    assert trend_of([]) is None


@pytest.mark.django_db
def test_before_the_first_match(client: Client) -> None:
    user = create_user("newcomer")
    assert "drawn here from the first match on" in text_of(client, "/@newcomer/")
    client.force_login(user)
    html = html_of(client, "/@newcomer/")
    assert "Play a first match" in html
    assert html.count('href="/tournaments/"') > 1
