"""What others see of a player, changed by himself."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.user_profile import selectors as profiles
from apps.user_profile.services import profiles as profile_service
from apps.web.forms.profile import ProfileForm
from apps.web.views.signed_in import signed_in


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_profile(request: HttpRequest) -> HttpResponse:
    """Change one's name, picture and texts."""
    user_id = signed_in(request)
    if request.method == "POST":
        form = ProfileForm(request.POST, request.FILES)
        if form.is_valid() and saved(user_id, form):
            messages.success(request, _("Your profile is saved."))
            return redirect("web:edit-profile")
    else:
        form = ProfileForm(initial=profiles.own_profile(user_id))
    context = {
        "form": form,
        "noindex": True,
        "title": _("Edit profile"),
        "description": _("The name, picture and texts that others see of you."),
    }
    return render(request, "web/pages/settings/profile.html", context)


def saved(user_id: int, form: ProfileForm) -> bool:
    """Save what the form says; tell whether it was accepted, else the form knows why."""
    given: dict[str, Any] = dict(form.cleaned_data)
    remove = given.pop("remove_avatar")
    given["avatar"] = given["avatar"] or ("" if remove else None)
    try:
        profile_service.update(user_id=user_id, **given)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True
