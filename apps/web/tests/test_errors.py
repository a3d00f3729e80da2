"""Pages for what went wrong."""

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views.defaults import permission_denied, server_error


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


def test_too_many_attempts() -> None:
    assert "Wait a minute" in render_to_string("429.html")
