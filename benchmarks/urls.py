"""The site's addresses, and the peers': an empty view, and the profile by the usual means."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.drf import ProfileView
from config.urls import urlpatterns as site


def empty(request: HttpRequest) -> HttpResponse:
    """Answer with nothing, behind all middleware of the site."""
    return HttpResponse(b"{}", content_type="application/json")


urlpatterns = [
    path("bench/empty/", empty),
    path("bench/drf/@<str:username>/", ProfileView.as_view()),
    *site,
]
