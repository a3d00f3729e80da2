"""Pages for what went wrong."""

import re

import pytest
from django.conf import settings as settings_of_the_site
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views.defaults import permission_denied, server_error
from pytest_django.fixtures import Settings


@pytest.mark.django_db
def test_not_found(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "Nothing at this address" in answer.content.decode()


@pytest.mark.django_db
def test_not_allowed(rf: RequestFactory) -> None:
    answer = permission_denied(rf.get("/"), PermissionDenied())
    assert answer.status_code == 403
    assert "This is not yours to open" in answer.content.decode()


def test_the_page_for_our_own_faults_needs_nothing(rf: RequestFactory) -> None:
    answer = server_error(rf.get("/"))
    assert answer.status_code == 500
    html = answer.content.decode()
    assert "Something broke on our side" in html
    assert "<h1>" in html


@pytest.mark.django_db
def test_an_expired_form() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()


def test_a_foreign_host(client: Client) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_too_many_attempts() -> None:
    assert "Wait a minute" in render_to_string("429.html")


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500", "503"])
def test_every_fault_says_what_to_do_next(name: str) -> None:
    html = render_to_string(f"{name}.html")
    main = html[html.index("<main") : html.index("</main>")]
    assert main.count("<h1") == 1
    assert re.search(r'<p class="lead">[^<]{20,}</p>', main)
    assert re.search(r'<a class="button" href="[^"]*">[^<]+</a>', main)
    assert not re.search(r"<style|\sstyle=|\son\w+=", html)


class TestMaintenance:
    @pytest.fixture
    def closed(self, settings: Settings) -> Client:
        settings.MAINTENANCE = True
        return Client()

    @pytest.mark.parametrize("path", ["/", "/@Ada/", "/accounts/login/", "/admin/", "/nowhere/"])
    def test_everything_is_closed_without_asking_the_database(self, closed: Client, path: str) -> None:
        answer = closed.get(path)
        assert answer.status_code == 503
        assert "Back in a few minutes" in answer.content.decode()
        assert answer.headers["Retry-After"] == "600"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert closed.post(path).status_code == 503

    def test_health_stays(self, closed: Client) -> None:
        assert closed.get("/health/live").json() == {"status": "ok"}

    @pytest.mark.django_db
    def test_styles_stay(self, closed: Client) -> None:
        answer = closed.get("/static/web/css/tokens.css")
        assert answer.status_code == 200
        assert b"@layer tokens" in b"".join(answer)
        answer.close()

    def test_it_is_open_by_default(self) -> None:
        assert not settings_of_the_site.MAINTENANCE
        assert Client().get("/health/live").status_code == 200
