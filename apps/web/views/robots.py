"""What is said to search engines: where they may go, and what is there."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from apps.web.selectors import sitemap

CLOSED = ("/accounts/", "/admin/", "/api/", "/search/", "/settings/")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Close what is nobody's to index, and name the map of the rest."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), ""]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('web:sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(no_cache=True)
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """List the maps."""
    found = [
        request.build_absolute_uri(reverse("web:sitemap-part", args=[kind, number]))
        for kind, number in sitemap.maps()
    ]
    return render(request, "web/sitemaps/index.xml", {"locations": found}, content_type="application/xml")


@require_safe
@cache_control(no_cache=True)
def sitemap_part(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """List the addresses on one map. Nothing of it may be kept: who hides is off it at the next answer."""
    found = sitemap.addresses(kind, number)
    if found is None:
        raise Http404(kind)
    context = {"locations": [request.build_absolute_uri(address) for address in found]}
    return render(request, "web/sitemaps/part.xml", context, content_type="application/xml")
