"""Webhooks: somebody's endpoints, what became of every message, and sending it again."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.user_profile.selectors.privacy import viewer_of
from apps.web.forms.webhooks import EndpointForm, NewEndpointForm
from apps.web.selectors import webhooks as pages
from apps.web.views.paging import paged
from apps.web.views.signed_in import signed_in
from apps.webhooks import selectors
from apps.webhooks.selectors import Endpoint, Outcome
from apps.webhooks.services import deliveries, endpoints

DELIVERIES_PER_PAGE = 25
RANGES = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


def managed(request: HttpRequest, endpoint_id: int) -> Endpoint:
    """Return an endpoint that the user looks after; of any other nothing is known."""
    found = selectors.managed_by(signed_in(request), is_staff=viewer_of(request.user).is_staff)
    endpoint = found.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise Http404(endpoint_id)
    return endpoint


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    """List one's endpoints, and make another: its secret is in this answer and nowhere else."""
    user_id, is_staff = signed_in(request), viewer_of(request.user).is_staff
    owners = pages.owners_for(user_id, is_staff=is_staff)
    form = NewEndpointForm(request.POST if request.method == "POST" else None, owners=owners)
    if request.method == "POST" and form.is_valid():
        made = made_of(user_id, form)
        if made is not None:
            endpoint, secret = made
            return endpoint_page(request, managed(request, endpoint.pk), secret=secret, is_new=True)
    found = selectors.managed_by(user_id, is_staff=is_staff)
    context = {
        "form": form,
        "endpoints": [(endpoint, pages.whose(endpoint)) for endpoint in found],
        "noindex": True,
        "title": _("Webhooks"),
        "description": _("Tell your own server or a Discord channel what happens here."),
    }
    return render(request, "web/pages/settings/webhooks.html", context)


def made_of(user_id: int, form: NewEndpointForm) -> tuple[Endpoint, str] | None:
    """Make the endpoint that a form asks for; None when it was refused, the form says why."""
    data = form.cleaned_data
    try:
        return endpoints.create(
            created_by_id=user_id, name=data["name"], url=data["url"], kind=data["kind"],
            types=data["types"], **form.whose(), **form.options(),
        )  # fmt: skip
    except ValidationError as error:
        form.add_error(None, error)
        return None


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Show an endpoint, its last day and its log; change what it hears."""
    endpoint = managed(request, endpoint_id)
    if request.method != "POST":
        return endpoint_page(request, endpoint)
    form = edit_form(endpoint, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            endpoints.change(endpoint.pk, name=data["name"], types=data["types"], **form.options())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("web:webhook", endpoint.pk)
    return endpoint_page(request, endpoint, form=form)


def edit_form(endpoint: Endpoint, data: Any = None) -> EndpointForm:
    """Return the form of what an endpoint is called and hears."""
    fields = ("name", "types", "is_ordered", "mentions_everyone", "with_members")
    initial = {name: getattr(endpoint, name) for name in fields}
    return EndpointForm(data, initial=initial, types=deliveries.possible_types(endpoint.kind, endpoint.owner))


def endpoint_page(
    request: HttpRequest, endpoint: Endpoint, *, secret: str = "", is_new: bool = False, form: Any = None
) -> HttpResponse:
    """Show an endpoint; a secret that was just made is shown this once."""
    outcome = request.GET.get("outcome", "")
    found = selectors.deliveries_of(endpoint.pk, outcome)
    context = paged(request, found, DELIVERIES_PER_PAGE, pages.rows) | {
        "endpoint": endpoint,
        "whose": pages.whose(endpoint),
        "secret": secret,
        "is_new": is_new,
        "form": form or edit_form(endpoint),
        "bars": pages.bars(endpoint.pk),
        "rests_until": pages.rests_until(endpoint),
        "outcomes": Outcome.choices,
        "outcome": outcome,
        "query": f"outcome={outcome}&" if outcome in Outcome.values else "",
        "tests": deliveries.possible_types(endpoint.kind, endpoint.owner),
        "noindex": True,
        "title": endpoint.name,
        "description": _("An endpoint: what it hears, and what became of every message."),
    }
    return render(request, "web/pages/settings/webhook.html", context)


@login_required
@never_cache
@require_safe
def delivery(request: HttpRequest, endpoint_id: int, delivery_id: int) -> HttpResponse:
    """Show a delivery with every attempt: what was sent, what was answered, how long it took."""
    endpoint = managed(request, endpoint_id)
    found = selectors.delivery(endpoint.pk, delivery_id)
    if found is None:
        raise Http404(delivery_id)
    context = {
        "endpoint": endpoint,
        "row": pages.rows([found])[0],
        "tries": pages.tries(found),
        "noindex": True,
        "title": found.event_type,
        "description": _("A message and every attempt to bring it."),
    }
    return render(request, "web/pages/settings/delivery.html", context)


@login_required
@never_cache
@require_POST
def rotate(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Give an endpoint another secret, and show it this once."""
    endpoint = managed(request, endpoint_id)
    try:
        secret = endpoints.rotate(endpoint.pk)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("web:webhook", endpoint.pk)
    return endpoint_page(request, endpoint, secret=secret)


@login_required
@require_POST
def switch(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Switch an endpoint on or off."""
    endpoint = managed(request, endpoint_id)
    if request.POST.get("on") == "1":
        endpoints.switch_on(endpoint.pk)
        messages.success(request, _("It is on. What was held is on its way."))
    else:
        endpoints.switch_off(endpoint.pk)
        messages.success(request, _("It is off. What happens meanwhile is held."))
    return redirect("web:webhook", endpoint.pk)


@login_required
@require_POST
def delete(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """End an endpoint."""
    endpoints.delete(managed(request, endpoint_id).pk)
    messages.success(request, _("The webhook is deleted."))
    return redirect("web:webhooks")


@login_required
@require_POST
def test(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Send a made-up event."""
    endpoint = managed(request, endpoint_id)
    try:
        sent = deliveries.send_test(endpoint, request.POST.get("type", ""))
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("web:webhook", endpoint.pk)
    messages.success(request, _("The test is on its way. Reload this page to see what came of it."))
    return redirect("web:delivery", endpoint.pk, sent.pk)


@login_required
@require_POST
def resend(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Send one message again, all that did not arrive, or all of a span of time."""
    endpoint = managed(request, endpoint_id)
    one, span = request.POST.get("delivery", ""), request.POST.get("since", "")
    now = timezone.now()
    if one.isascii() and one.isdigit() and len(one) < 19:
        count = deliveries.resend(endpoint, [int(one)])
    elif span in RANGES:
        count = deliveries.resend_since(endpoint, now - RANGES[span], now)
    else:
        count = deliveries.resend_undelivered(endpoint)
    words = ngettext("%(count)d message is on its way.", "%(count)d messages are on their way.", count)
    messages.success(request, words % {"count": count})
    return redirect("web:webhook", endpoint.pk)
