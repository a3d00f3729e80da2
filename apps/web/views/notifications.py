"""What a player is told."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.notifications import selectors
from apps.notifications.services import notifications as service
from apps.user_profile.selectors.privacy import viewer_of
from apps.web.selectors.notifications import notification_rows
from apps.web.views.paging import paged
from apps.web.views.signed_in import signed_in

ROWS_PER_PAGE = 25
ID_MAX = 2**63 - 1


@login_required
@never_cache
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """List what the player was told, the latest first."""
    viewer = viewer_of(request.user)
    found = selectors.notifications_of(signed_in(request))
    context = paged(request, found, ROWS_PER_PAGE, lambda rows: notification_rows(viewer, rows)) | {
        "section": "notifications",
        "noindex": True,
        "title": _("Notifications"),
        "description": _("What happened that concerns you."),
    }
    rows = context["page"].object_list
    context["any_unread"] = any(not row.is_read for row in rows)
    return render(request, "web/pages/notifications.html", context)


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
