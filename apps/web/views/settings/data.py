"""What a player may do with all that is kept about him: take it with him, and have it forgotten."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.user_profile.services import deletion, exports
from apps.web.forms.account import DeletionForm
from apps.web.views.signed_in import signed_in


@login_required
@never_cache
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Offer the download and the end."""
    context = {
        "noindex": True,
        "title": _("Your data"),
        "description": _("Download all that is kept about you, or delete your account."),
    }
    return render(request, "web/pages/settings/data.html", context)


@login_required
@never_cache
@require_POST
def export(request: HttpRequest) -> FileResponse:
    """Send all that is kept about the player who asks."""
    name = f"deltacrown-{request.user.get_username()}-{timezone.now():%Y-%m-%d}.zip"
    return FileResponse(exports.archive(signed_in(request)), as_attachment=True, filename=name)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def delete_account(request: HttpRequest) -> HttpResponse:
    """Ask for the account to be deleted, and sign out: signing in again takes it back."""
    form = DeletionForm(request.POST or None, username=request.user.get_username())
    if request.method == "POST" and form.is_valid():
        wish = deletion.request(user_id=signed_in(request))
        logout(request)
        day = date_format(wish.due_at, "j F Y")
        messages.info(
            request, _("Your account will be deleted on %(day)s. Sign in before to keep it.") % {"day": day}
        )
        return redirect("web:home")
    context = {
        "form": form,
        "grace_days": deletion.GRACE.days,
        "noindex": True,
        "title": _("Delete account"),
        "description": _("What is deleted, what stays, and until when you can change your mind."),
    }
    return render(request, "web/pages/settings/deletion.html", context)
