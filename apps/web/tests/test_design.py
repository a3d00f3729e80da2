"""The pages of the design system: every component is there, every colour is readable, nobody is asked."""

import re
from collections import Counter

import pytest
from django.test import Client

from apps.web.design import cup, tokens
from apps.web.tests.pages import at_most, html_of, text_of

PAGES = ["/design/", "/design/bracket/"]


@pytest.mark.parametrize("path", PAGES)
def test_the_page_is_made_of_samples_alone(client: Client, path: str, db: None) -> None:
    with at_most(0, path):
        html = html_of(client, path)
    assert html.count("<h1") == 1
    assert '<meta name="robots" content="noindex">' in html
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! type=\"module\" src=\"/)", html)
    ids = Counter(re.findall(r'\sid="([^"]+)"', html))
    assert ids.most_common(1)[0][1] == 1


def test_other_pages_are_for_search_engines_and_lead_here(client: Client, db: None) -> None:
    html = html_of(client, "/teams/")
    assert "noindex" not in html
    assert 'href="/design/"' in html


def test_every_state_of_a_match(client: Client) -> None:
    page = text_of(client, "/design/")
    for words in ("Live", "Upcoming", "Bye", "To be decided", "Walkover", "Disqualified", "DQ", "W/O"):
        assert words in page
    for words in ("To be played", "No match", "This field is required.", "This form is a sample"):
        assert words in page


@pytest.mark.parametrize("more_contrast", [False, True])
def test_every_colour_that_is_read_can_be_read(more_contrast: bool) -> None:
    least = {tokens.TEXT_LEAST: 7.0, tokens.MARK_LEAST: 4.5} if more_contrast else {}
    for colour in tokens.colours(more_contrast=more_contrast):
        for shade in colour.shades:
            wanted = least.get(colour.least, colour.least)
            assert shade.ratio >= wanted, f"{colour.name} on {shade.background}: {shade.ratio:.2f}"


def test_the_tokens_are_those_of_the_sheet() -> None:
    assert set(tokens.READ) <= set(tokens.palette())
    assert {"ground", "iris-fill", "gold-fill"} <= {fill.name for fill in tokens.fills()}
    assert [step.px for step in tokens.lengths("space")] == [4, 8, 12, 16, 24, 32, 48, 72]
    assert len(tokens.sizes()) == 8


def test_the_cup_is_a_double_elimination() -> None:
    played = cup.cup()
    assert played == cup.cup()
    assert [len(column.matches) for column in played.upper] == [32, 16, 8, 4, 2, 1]
    assert [len(column.matches) for column in played.lower] == [16, 16, 8, 8, 4, 4, 2, 2, 1, 1]
    lost: Counter[str] = Counter()
    for match in cup.matches_of(played):
        assert match.a.won != match.b.won
        lost[match.b.name if match.a.won else match.a.name] += 1
    # The reset is the second defeat of whoever came unbeaten, or of the other one: all but one lost twice.
    assert len(lost) == cup.ENTRANTS
    assert sorted(lost.values()) == [1] + [2] * (cup.ENTRANTS - 1)


def test_a_large_bracket_has_a_pager_and_a_list(client: Client) -> None:
    html = html_of(client, "/design/bracket/")
    assert html.count('class="round__tab"') == 6 + 10
    links = re.findall(r'class="node[^"]*" id="match-\d+" href="#(series-\d+)"', html)
    assert len(links) == 63 + 62 + 2
    assert all(f'id="{link}"' in html for link in links)
