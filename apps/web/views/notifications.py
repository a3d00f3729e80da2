"""What a player is told."""

from django.conf import settings as django_settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.notifications import kinds, selectors
from apps.notifications.services import hours, mails, preferences
from apps.notifications.services import notifications as service
from apps.user_profile.selectors.privacy import viewer_of
from apps.web.forms.notifications import HoursForm, PreferencesForm
from apps.web.views.paging import paged
from apps.web.views.posts import refuse
from apps.web.views.signed_in import signed_in

ROWS_PER_PAGE = 25
ID_MAX = 2**63 - 1


@login_required
@never_cache
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """List what the player was told, the latest first, together what belongs together."""
    viewer = viewer_of(request.user)
    found = selectors.threads_of(signed_in(request))
    context = paged(request, found, ROWS_PER_PAGE, lambda rows: selectors.lines_of(viewer, rows)) | {
        "section": "notifications",
        "noindex": True,
        "title": _("Notifications"),
        "description": _("What happened that concerns you."),
    }
    rows = context["page"].object_list
    if django_settings.LIVE_URL:
        context["watch"] = {
            "channel": f"unread:{viewer.user_id}",
            "pulse": selectors.pulse(signed_in(request)),
        }
    context["any_unread"] = any(not row.is_read for row in rows)
    return render(request, "web/pages/notifications.html", context)


@login_required
@never_cache
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """Answer with the bell of the header alone, as it is now."""
    return render(request, "web/components/bell.html")


@login_required
@require_POST
def read(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Mark one line as read."""
    if notification_id > ID_MAX or not service.mark_read(
        recipient_id=signed_in(request), notification_id=notification_id
    ):
        raise Http404(notification_id)
    return redirect("web:notifications")


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all that the page showed as read; what came since stays unread."""
    up_to = request.POST.get("up_to", "")
    if not (up_to.isascii() and up_to.isdecimal() and len(up_to) < 20 and int(up_to) <= ID_MAX):
        raise Http404("up_to")
    if service.mark_all_read(recipient_id=signed_in(request), up_to_id=int(up_to)):
        messages.success(request, _("All read."))
    return redirect("web:notifications")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Show where the player wants to be told of what, and change it."""
    user_id = signed_in(request)
    posted = request.POST if request.method == "POST" else None
    about_hours = posted is not None and "daily_at" in posted
    form = PreferencesForm(preferences.wishes_of(user_id), None if about_hours else posted)
    times = HoursForm(hours.times_of(user_id), posted if about_hours else None)
    if posted is not None and (chose_hours(user_id, times) if about_hours else chose(user_id, form)):
        messages.success(request, _("Saved. It holds from now on."))
        return redirect("web:notification-settings")
    context = {
        "form": form,
        "hours": times,
        "address": mails.verified_address(user_id),
        "failed": selectors.failed_mails_of(user_id),
        "noindex": True,
        "title": _("Notifications"),
        "description": _("Where you want to be told of what."),
    }
    return render(request, "web/pages/settings/notifications.html", context)


def chose(user_id: int, form: PreferencesForm) -> bool:
    """Store where the player wants to be told of what; tell whether the form could be read."""
    if form.is_valid():
        preferences.choose(user_id, form.wishes())
    return form.is_valid()


def chose_hours(user_id: int, form: HoursForm) -> bool:
    """Store when the player wants his e-mails; tell whether it was accepted, else the form knows why."""
    if form.is_valid():
        try:
            hours.choose(user_id, form.times())
        except ValidationError as error:
            refuse(form, error)
    return form.is_valid()


# Mail programs post here by themselves (RFC 8058), with neither session nor token: the link is the proof.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Send no more e-mails of a kind, or of any. A look at the link alone changes nothing."""
    try:
        user_id, code = preferences.read_token(token)
    except preferences.BadLink:
        raise Http404("token") from None
    is_done = request.method == "POST"
    if is_done:
        preferences.stop_mail(user_id, kinds.known if request.POST.get("all") else preferences.codes_of(code))
    label = _("All that comes once a day") if code == preferences.DIGEST else kinds.of(code).label
    context = {
        "label": label,
        "is_done": is_done,
        "all": bool(request.POST.get("all")),
        "noindex": True,
        "title": _("E-mails"),
        "description": _("Say which e-mails you want no more."),
    }
    return render(request, "web/pages/unsubscribe.html", context)
