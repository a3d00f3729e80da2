"""The page on which players are found."""

from apps.web.tests.pages import SeasonCase, at_most, html_of, text_of

QUERIES_MAX = 6  # two of them begin and end the savepoint of the test


class Search(SeasonCase):
    def test_a_typing_error_finds_the_player(self) -> None:
        page = text_of(self.client, "/search/?q=dmirti")
        assert "1 player" in page
        assert "Dmitri" in page
        assert 'href="/@Dmitri/"' in html_of(self.client, "/search/?q=dmirti")

    def test_it_says_what_to_do_next(self) -> None:
        assert "Whom are you looking for?" in text_of(self.client, "/search/")
        assert "at least two characters" in text_of(self.client, "/search/?q=a")
        page = text_of(self.client, "/search/?q=xylophone")
        assert "Nobody is called anything like" in page
        assert "Browse teams" in page

    def test_what_was_typed_is_shown_as_text(self) -> None:
        html = html_of(self.client, "/search/?q=%3Cscript%3Ealert(1)%3C/script%3E%22%00")
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)" in html

    def test_it_is_not_for_search_engines_and_never_kept(self) -> None:
        answer = self.client.get("/search/?q=cleo")
        assert '<meta name="robots" content="noindex">' in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]

    def test_queries(self) -> None:
        with at_most(QUERIES_MAX, "/search/?q=cleo"):
            self.client.get("/search/?q=cleo")
