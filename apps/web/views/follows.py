"""The follow graph: lists, requests, blocked players, and the buttons on a profile."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.user_profile.selectors.privacy import viewer_of
from apps.user_profile.services import follows
from apps.web.selectors import follows as follow_pages
from apps.web.views.signed_in import signed_in

type Act = Callable[[int, int], Any]

# What a button does: the service, given who presses it and at whom, and what is said afterwards.
ACTS: dict[str, tuple[Act, str | Promise]] = {
    "follow": (
        lambda me, other: follows.follow(follower_id=me, followed_id=other),
        gettext_lazy("Done. A private account has to say yes first."),
    ),
    "unfollow": (
        lambda me, other: follows.unfollow(follower_id=me, followed_id=other),
        gettext_lazy("You no longer follow this player."),
    ),
    "cancel": (
        lambda me, other: follows.cancel(follower_id=me, followed_id=other),
        gettext_lazy("Your request is taken back."),
    ),
    "approve": (
        lambda me, other: follows.approve(follower_id=other, followed_id=me),
        gettext_lazy("This player follows you now."),
    ),
    "reject": (
        lambda me, other: follows.reject(follower_id=other, followed_id=me),
        gettext_lazy("The request is declined."),
    ),
    "remove": (
        lambda me, other: follows.unfollow(follower_id=other, followed_id=me),
        gettext_lazy("This player no longer follows you."),
    ),
    "block": (
        lambda me, other: follows.block(user_id=me, blocked_id=other),
        gettext_lazy("Blocked: this player sees nothing of you any more."),
    ),
    "unblock": (
        lambda me, other: follows.unblock(user_id=me, blocked_id=other),
        gettext_lazy("Unblocked. Nobody follows again by that."),
    ),
    "mute": (
        lambda me, other: follows.mute(user_id=me, muted_id=other),
        gettext_lazy("Muted: you hear nothing more of this player, who does not learn of it."),
    ),
    "unmute": (
        lambda me, other: follows.unmute(user_id=me, muted_id=other),
        gettext_lazy("You hear of this player again."),
    ),
}


@login_required
@require_POST
def relation(request: HttpRequest, username: str) -> HttpResponse:
    """Change what is between the signed-in player and another, and go back where the button was."""
    act = ACTS.get(request.POST.get("act", ""))
    player = follow_pages.reachable(username, viewer_of(request.user))
    if act is None or player is None:
        raise Http404(username)
    do, said = act
    try:
        do(signed_in(request), player.user_id)
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
    else:
        messages.success(request, str(said))
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/"):
        return redirect(back)
    return redirect("web:player", player.username)


@never_cache
@require_safe
def follow_list(request: HttpRequest, username: str, kind: str) -> HttpResponse:
    """List a player's followers, or whom he follows."""
    viewer = viewer_of(request.user)
    found = follow_pages.follow_list(kind, username, viewer, _key(request.GET.get("before", "")))
    if found is None:
        raise Http404(username)
    if found.player.username != username:
        return redirect(f"web:{kind}", found.player.username)
    name = {"name": found.player.display_name}
    title = _("Followers of %(name)s") % name if kind == "followers" else _("Players %(name)s follows") % name
    context = {
        "found": found,
        "kind": kind,
        "noindex": True,
        "title": title,
        "description": _("Who follows whom on DeltaCrown, as far as %(name)s shows it.") % name,
    }
    return render(request, "web/pages/follows.html", context)


@login_required
@never_cache
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """List who asks to follow, and whom one has asked."""
    context = {
        "waiting": follow_pages.waiting(signed_in(request)),
        "noindex": True,
        "title": _("Follow requests"),
        "description": _("Who asks to follow you, and whom you have asked."),
    }
    return render(request, "web/pages/follow_requests.html", context)


def _key(text: str) -> int | None:
    """Return the key of a page; one that cannot be is that of the first."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
