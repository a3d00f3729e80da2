"""The page for those who write programs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.web.selectors import developers as developers_pages
from apps.web.selectors import webhooks as webhooks_pages
from config.api import document


@require_safe
def developers(request: HttpRequest) -> HttpResponse:
    """Show how to begin, every operation of the API, and what each error means."""
    context = {
        "page": developers_pages.developers_page(document()),
        "site": f"{request.scheme}://{request.get_host()}",
        "section": "developers",
        "title": _("For developers"),
        "description": _("The public API of DeltaCrown: every operation, tokens, limits and errors."),
    }
    return render(request, "web/pages/developers.html", context)


@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """Show every event that can be had, with an example, and how to verify a message."""
    context = {
        "events": webhooks_pages.documented(),
        "snippets": webhooks_pages.snippets().items(),
        "section": "developers",
        "title": _("Webhooks for developers"),
        "description": _("Every event that DeltaCrown sends, with its schema, and how to verify a message."),
    }
    return render(request, "web/pages/developers_webhooks.html", context)
