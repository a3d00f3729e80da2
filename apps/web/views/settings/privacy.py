"""One's own privacy: settings, presets, and the profile as others see it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.user_profile.selectors.privacy_settings import settings_of
from apps.user_profile.services import privacy
from apps.web.forms.privacy import PrivacyForm
from apps.web.selectors import follows as follow_pages
from apps.web.selectors import privacy as privacy_pages
from apps.web.views.signed_in import signed_in


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Show the switches as they are, and change them."""
    user_id = signed_in(request)
    form = PrivacyForm(request.POST or None, initial=settings_of(user_id).values)
    if request.method == "POST" and form.is_valid():
        privacy.update(user_id=user_id, **form.cleaned_data)
        messages.success(request, _("Saved. It holds from now on, everywhere."))
        return redirect("web:privacy")
    context = {
        "form": form,
        "presets": privacy_pages.preset_cards(user_id),
        "standings": privacy_pages.STANDINGS.items(),
        "noindex": True,
        "title": _("Privacy"),
        "description": _("What others see of you, and who may reach you."),
    }
    return render(request, "web/pages/settings/privacy.html", context)


@login_required
@require_POST
def preset(request: HttpRequest) -> HttpResponse:
    """Set every switch as a preset has it."""
    try:
        privacy.apply_preset(user_id=signed_in(request), preset=request.POST.get("preset", ""))
    except ValidationError:
        messages.error(request, _("There is no such preset. Choose one of the three."))
    else:
        messages.success(request, _("Every switch is set as the preset has it."))
    return redirect("web:privacy")


@login_required
@never_cache
@require_safe
def preview(request: HttpRequest, standing: str) -> HttpResponse:
    """Show one's own page as somebody else would see it."""
    found = privacy_pages.preview(signed_in(request), request.user.get_username(), standing)
    if found is None:
        raise Http404(standing)
    template = "web/pages/player.html" if found.page else "web/pages/settings/privacy_preview.html"
    context = {
        "preview": found,
        "page": found.page,
        "standings": privacy_pages.STANDINGS.items(),
        "noindex": True,
        "title": _("Your profile as others see it"),
        "description": _("What others see of you, and who may reach you."),
    }
    return render(request, template, context)


@login_required
@never_cache
@require_safe
def blocked(request: HttpRequest) -> HttpResponse:
    """List whom one has blocked and muted."""
    context = {
        "apart": follow_pages.apart(signed_in(request)),
        "noindex": True,
        "title": _("Blocked and muted"),
        "description": _("Players who see nothing of you, and players you hear nothing of."),
    }
    return render(request, "web/pages/settings/blocked.html", context)
