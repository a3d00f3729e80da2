"""Running a team: found, edit, invite, answer, hand over, leave; and a player's own invitations."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.teams import selectors as team_selectors
from apps.teams.permissions import Can
from apps.teams.services import invitations, management, requests
from apps.user_profile import selectors as profiles
from apps.user_profile.selectors.privacy import viewer_of
from apps.web.forms.teams import FoundForm, TeamForm
from apps.web.selectors import managing
from apps.web.selectors.teams import ROLES
from apps.web.views.signed_in import signed_in

type Act = Callable[[int, int, QueryDict], Any]


def row_id(post: QueryDict, name: str) -> int:
    """Return a number of a form; one that is none belongs to nothing."""
    text = post.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404(name)
    return int(text)


def invite(me: int, team_id: int, post: QueryDict) -> None:
    """Invite the player of a username; an unknown one reads like one who cannot be invited."""
    profile = profiles.profile_by_username(post.get("username", "").strip().removeprefix("@"))
    if profile is None:
        raise invitations.CannotInvite
    invitations.invite(team_id=team_id, by_id=me, user_id=profile.user_id, role=role_of(post))


def role_of(post: QueryDict) -> str:
    """Return the role that a form names; one that does not exist belongs to nothing."""
    role = post.get("role", "PLAYER")
    if role not in ROLES:
        raise Http404(role)
    return role


# What a button of a team's pages does: the service, given who presses it and in which team; what is said.
ACTS: dict[str, tuple[Act, str | Promise]] = {
    "invite": (invite, gettext_lazy("Invited. The invitation waits for seven days.")),
    "cancel": (
        lambda me, team, post: invitations.cancel(invitation_id=row_id(post, "invitation"), by_id=me),
        gettext_lazy("The invitation is taken back."),
    ),
    "accept": (
        lambda me, team, post: requests.accept(
            request_id=row_id(post, "request"), by_id=me, role=role_of(post)
        ),
        gettext_lazy("Welcome to the team."),
    ),
    "decline": (
        lambda me, team, post: requests.decline(request_id=row_id(post, "request"), by_id=me),
        gettext_lazy("The request is declined."),
    ),
    "role": (
        lambda me, team, post: management.change_role(
            team_id=team, by_id=me, user_id=row_id(post, "user"), role=role_of(post)
        ),
        gettext_lazy("The role is changed."),
    ),
    "remove": (
        lambda me, team, post: management.remove(
            team_id=team, by_id=me, user_id=row_id(post, "user"), reason=post.get("reason", "")
        ),
        gettext_lazy("The seat is free again."),
    ),
    "hand-over": (
        lambda me, team, post: management.hand_over(team_id=team, by_id=me, user_id=row_id(post, "user")),
        gettext_lazy("The captaincy is handed over."),
    ),
    "leave": (
        lambda me, team, post: management.leave(team_id=team, user_id=me),
        gettext_lazy("You have left the team."),
    ),
    "ask": (
        lambda me, team, post: requests.ask(team_id=team, user_id=me, message=post.get("message", "")),
        gettext_lazy("Your request waits for an answer."),
    ),
}
# Where one is afterwards: at the desk, or on the team's own page.
STAYS = frozenset(ACTS) - {"leave", "ask", "hand-over"}

OWN_ACTS: dict[str, tuple[Act, str | Promise]] = {
    "accept": (
        lambda me, pk, post: invitations.accept(invitation_id=pk, user_id=me),
        gettext_lazy("You are in the team."),
    ),
    "decline": (
        lambda me, pk, post: invitations.decline(invitation_id=pk, user_id=me),
        gettext_lazy("Declined. The team does not learn of it."),
    ),
    "withdraw": (
        lambda me, pk, post: requests.withdraw(request_id=pk, user_id=me),
        gettext_lazy("Your request is taken back."),
    ),
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """Found a team."""
    form = FoundForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            team = management.found(by_id=signed_in(request), **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The team is founded. Invite its players."))
            return redirect("web:team-manage", team.slug)
    context = {
        "form": form,
        "section": "teams",
        "noindex": True,
        "title": _("Found a team"),
        "description": _("Found a team, invite players and enter tournaments together."),
    }
    return render(request, "web/pages/team_new.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the desk of a team to those who run it, and change what the team says of itself."""
    desk = managing.desk(slug, viewer_of(request.user))
    if desk is None:
        raise Http404(slug)
    form = TeamForm(desk.team, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        me = signed_in(request)
        try:
            management.edit(team_id=desk.team.pk, by_id=me, changes=form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("web:team-manage", slug)
    context = {
        "desk": desk,
        "form": form,
        "may_edit": desk.may(Can.EDIT_TEAM),
        "may_invite": desk.may(Can.INVITE),
        "may_seat": desk.may(Can.EDIT_ROSTER),
        "may_hand_over": desk.may(Can.HAND_OVER),
        "section": "teams",
        "noindex": True,
        "title": _("Run %(name)s") % {"name": desk.team.name},
        "description": _("Roster, invitations, requests and settings of %(name)s.")
        % {"name": desk.team.name},
    }
    return render(request, "web/pages/team_manage.html", context)


@login_required
@require_POST
def act(request: HttpRequest, slug: str) -> HttpResponse:
    """Do what a button of the team's pages says."""
    team = team_selectors.team_by_slug(slug)
    name = request.POST.get("act", "")
    if team is None or name not in ACTS:
        raise Http404(slug)
    perform(request, ACTS[name], team.pk)
    return redirect("web:team-manage" if name in STAYS else "web:team", slug)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_invitations(request: HttpRequest) -> HttpResponse:
    """List what waits for the player's answer and what he has asked, and take his answers."""
    if request.method == "POST":
        name = request.POST.get("act", "")
        if name not in OWN_ACTS:
            raise Http404(name)
        perform(request, OWN_ACTS[name], row_id(request.POST, "id"))
        return redirect("web:invitations")
    context = {
        "inbox": managing.inbox(viewer_of(request.user)),
        "section": "teams",
        "noindex": True,
        "title": _("Team invitations"),
        "description": _("Teams that want you, and teams that you have asked."),
    }
    return render(request, "web/pages/invitations.html", context)


def perform(request: HttpRequest, done: tuple[Act, str | Promise], subject: int) -> None:
    """Do it and say so, or say why not; what is not there, or is another's, is not found."""
    do, said = done
    try:
        do(signed_in(request), subject, request.POST)
    except ObjectDoesNotExist as error:
        raise Http404(subject) from error
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
    else:
        messages.success(request, str(said))
