"""Somebody's overlays: made, set up, tried, revoked."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.overlay import selectors
from apps.overlay.selectors import Overlay
from apps.overlay.services import overlays as services
from apps.web.forms.overlays import NewOverlayForm, OptionsForm
from apps.web.views.signed_in import signed_in
from apps.webhooks import offers


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def overlays(request: HttpRequest) -> HttpResponse:
    """List one's overlays, and make another: its address is in this answer and nowhere else."""
    user_id = signed_in(request)
    form = NewOverlayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = made_of(user_id, form)
        if made is not None:
            overlay, secret = made
            return settings_page(request, own(request, overlay.pk), secret=secret)
    context = {
        "form": form,
        "overlays": selectors.overlays_with_subjects(user_id),
        "noindex": True,
        "title": _("Stream overlays"),
        "description": _(
            "Browser sources for OBS: your card, the match of the moment, achievements, a tournament."
        ),
    }
    return render(request, "web/pages/settings/overlays.html", context)


def made_of(user_id: int, form: NewOverlayForm) -> tuple[Overlay, str] | None:
    """Make the overlay that a form asks for; None when it was refused, the form says why."""
    subject = form.subject or {"player_id": user_id}
    try:
        return services.create(owner_id=user_id, name=form.cleaned_data["name"], **subject)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None


def own(request: HttpRequest, overlay_id: int) -> Overlay:
    """Return one's own overlay; of any other nothing is known."""
    found = selectors.overlays_with_subjects(signed_in(request)).filter(pk=overlay_id).first()
    if found is None:
        raise Http404(overlay_id)
    return found


@login_required
@never_cache
@require_safe
def configure(request: HttpRequest, overlay_id: int) -> HttpResponse:
    """Set an overlay up: choose, see it, take the address."""
    return settings_page(request, own(request, overlay_id))


def settings_page(request: HttpRequest, overlay: Overlay, *, secret: str = "") -> HttpResponse:
    """Show an overlay with its options; a secret that was just made is shown this once."""
    form = OptionsForm(request.GET, overlay)
    query = urlencode(form.query()) if form.is_valid() else ""
    mark = f"?{query}" if query else ""
    path = reverse("web:overlay", args=[secret]) if secret else ""
    context = {
        "overlay": overlay,
        "form": form,
        "query": mark,
        "preview": reverse("web:overlay-preview", args=[overlay.pk]) + mark,
        "address": request.build_absolute_uri(path) + mark if secret else "",
        "file": reverse("web:overlay-file", args=[secret]) + mark if secret else "",
        "is_streaming": bool(settings.LIVE_URL),
        "tests": list(offers.OFFERED),
        "noindex": True,
        "title": overlay.name,
        "description": _("An overlay: how it looks, and its address for OBS."),
    }
    return render(request, "web/pages/settings/overlay.html", context)


@login_required
@require_POST
def revoke(request: HttpRequest, overlay_id: int) -> HttpResponse:
    """End an overlay."""
    if not services.revoke(owner_id=signed_in(request), overlay_id=overlay_id):
        raise Http404(overlay_id)
    messages.success(request, _("The overlay is revoked: wherever it is open, it is empty now."))
    return redirect("web:overlays")


@login_required
@require_POST
def test(request: HttpRequest, overlay_id: int) -> HttpResponse:
    """Show a made-up event in an overlay, marked as a test."""
    try:
        found = services.send_test(
            owner_id=signed_in(request), overlay_id=overlay_id, event_type=request.POST.get("type", "")
        )
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("web:overlay-settings", overlay_id)
    if not found:
        raise Http404(overlay_id)
    messages.success(request, _("The test is shown for a few seconds, wherever the overlay is open."))
    return redirect("web:overlay-settings", overlay_id)
