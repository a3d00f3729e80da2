"""The page that greets."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.user_profile.selectors.privacy import viewer_of
from apps.web.selectors import home as home_page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what this is and what is going on."""
    return render(
        request, "web/pages/home.html", {"section": "home", "home": home_page.home(viewer_of(request.user))}
    )
