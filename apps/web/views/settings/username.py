"""The address of a player, changed by himself."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.user_profile.services import usernames
from apps.web.forms.account import UsernameForm
from apps.web.views.signed_in import signed_in


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def username(request: HttpRequest) -> HttpResponse:
    """Change one's username, and see what one was called before."""
    user_id = signed_in(request)
    form = UsernameForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and renamed(user_id, form):
        messages.success(request, _("You have a new username. The old one leads to you."))
        return redirect("web:username")
    context = {
        "form": form,
        "former_names": usernames.former_names(user_id),
        "free_at": usernames.may_rename_at(user_id),
        "cooldown_days": usernames.COOLDOWN.days,
        "noindex": True,
        "title": _("Username"),
        "description": _("The name you sign in with, and the address of your profile."),
    }
    return render(request, "web/pages/settings/username.html", context)


def renamed(user_id: int, form: UsernameForm) -> bool:
    """Take the name that the form says; tell whether it was accepted, else the form knows why."""
    try:
        usernames.rename(user_id=user_id, username=form.cleaned_data["username"])
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True
