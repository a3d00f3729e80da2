"""Playing and running a tournament: the room of a match, and the organiser's desk."""

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
from django.views.decorators.http import require_POST, require_safe

from apps.tournaments.selectors import desk as desk_rows
from apps.tournaments.services import (
    admission,
    check_in,
    corrections,
    disputes,
    phases,
    reports,
    results,
    tournaments,
)
from apps.web.selectors import running
from apps.web.selectors.running import Room
from apps.web.views.paging import paged
from apps.web.views.signed_in import signed_in
from apps.web.views.tournaments import watch

type RoomAct = Callable[[Room, int, QueryDict], Any]
type DeskAct = Callable[[Any, int, QueryDict], Any]


def whole(post: QueryDict, name: str) -> int:
    """Return a number of a form.

    Raises ValidationError where it is none.
    """
    text = post.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValidationError(_("Enter whole numbers, from 0."))
    return int(text)


def given_score(post: QueryDict) -> dict[str, int]:
    """Return the score of a form."""
    return {"score_a": whole(post, "score_a"), "score_b": whole(post, "score_b")}


def own_side(room: Room) -> int:
    """Return the viewer's side; who has none plays nothing here."""
    if room.entry_id is None:
        raise Http404(str(room.match.id))
    return room.entry_id


def waiting_dispute(room: Room) -> int:
    """Return the dispute that waits."""
    if room.dispute is None:
        raise Http404(str(room.match.id))
    return int(room.dispute.pk)


def report(room: Room, me: int, post: QueryDict) -> None:
    """Report for the viewer's side."""
    reports.report(match_id=room.match.id, entry_id=own_side(room), by_id=me, **given_score(post))


def open_dispute(room: Room, me: int, post: QueryDict) -> None:
    """Dispute the match for the viewer's side."""
    disputes.open_dispute(
        match_id=room.match.id,
        entry_id=own_side(room),
        by_id=me,
        reason=post.get("reason", ""),
        text=post.get("text", ""),
        link=post.get("link", ""),
    )


def add_evidence(room: Room, me: int, post: QueryDict) -> None:
    """Add evidence to the dispute that waits."""
    text, link = post.get("text", ""), post.get("link", "")
    disputes.add_evidence(dispute_id=waiting_dispute(room), by_id=me, text=text, link=link)


def escalate(room: Room, me: int, post: QueryDict) -> None:
    """Ask for the staff."""
    own_side(room)
    disputes.escalate(dispute_id=waiting_dispute(room))


def decide(room: Room, me: int, post: QueryDict) -> None:
    """Decide the dispute that waits: by a score, by forfeit of a side, or as it stands."""
    own = room.runs and room.entry_id is not None  # which the service refuses, and says so
    if not room.decides and not own:
        raise Http404(str(room.match.id))
    verdict, sides = post.get("verdict", ""), {"a": room.match.a.entry_id, "b": room.match.b.entry_id}
    score = (whole(post, "score_a"), whole(post, "score_b")) if verdict == "score" else None
    disputes.decide(
        dispute_id=waiting_dispute(room),
        by_id=me,
        decision=post.get("decision", ""),
        score=score,
        forfeited_by=sides.get(verdict),
    )


# What a button of the room does, and what is said.
ROOM_ACTS: dict[str, tuple[RoomAct, str | Promise]] = {
    "begin": (
        lambda room, me, post: results.begin(match_id=room.match.id),
        gettext_lazy("The match is being played; whoever watches sees it."),
    ),
    "report": (report, gettext_lazy("Reported.")),
    "surrender": (
        lambda room, me, post: results.forfeit(match_id=room.match.id, entry_id=own_side(room)),
        gettext_lazy("The match is your opponent's."),
    ),
    "dispute": (open_dispute, gettext_lazy("The match is in dispute. The organiser decides.")),
    "evidence": (add_evidence, gettext_lazy("Added.")),
    "escalate": (escalate, gettext_lazy("The staff decides now.")),
    "decide": (decide, gettext_lazy("Decided. Both sides read why.")),
}


@login_required
@never_cache
@require_safe
def room(request: HttpRequest, slug: str, match_id: int) -> HttpResponse:
    """Show the sides of a match what was said, and let them report and dispute."""
    found = running.room(slug, match_id, request.user)
    if found is None:
        raise Http404(str(match_id))
    context = {
        "room": found,
        "watch": watch(found.tournament),
        "reasons": desk_rows.REASONS,
        "section": "tournaments",
        "noindex": True,
        "title": " \N{EN DASH} ".join((found.match.a.name, found.match.b.name)),
        "description": _("The room of a match: report its result, or dispute it."),
    }
    return render(request, "web/pages/match_room.html", context)


@login_required
@require_POST
def room_act(request: HttpRequest, slug: str, match_id: int) -> HttpResponse:
    """Do what a button of the room says."""
    found, name = running.room(slug, match_id, request.user), request.POST.get("act", "")
    if found is None or name not in ROOM_ACTS:
        raise Http404(str(match_id))
    perform(request, ROOM_ACTS[name], found)
    return redirect("web:match-room", slug, match_id)


def perform(request: HttpRequest, done: tuple[Callable[..., Any], str | Promise], subject: Any) -> bool:
    """Do it and say so, or say why not; what is not there is not found."""
    do, said = done
    try:
        do(subject, signed_in(request), request.POST)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
        return False
    messages.success(request, str(said))
    return True


def entry_here(tournament: Any, post: QueryDict) -> int:
    """Return a registration of the tournament that a form names."""
    return int(tournament.entries.get(pk=whole(post, "entry")).pk)


def match_here(tournament: Any, post: QueryDict) -> int:
    """Return a match of the tournament that a form names."""
    return int(tournament.matches.get(pk=whole(post, "match")).pk)


def decide_match(tournament: Any, me: int, post: QueryDict) -> None:
    """Decide a match: by its score, or by forfeit of a side."""
    match = tournament.matches.get(pk=whole(post, "match"))
    sides = {"a": match.entry_a_id, "b": match.entry_b_id}
    forfeit = post.get("forfeit", "")
    if forfeit in sides:
        results.forfeit(match_id=match.pk, entry_id=sides[forfeit], by_id=me)
    elif forfeit == "both":
        results.forfeit(match_id=match.pk, by_id=me)
    else:
        score_a, score_b = whole(post, "score_a"), whole(post, "score_b")
        results.play(match_id=match.pk, by_id=me, score_a=score_a, score_b=score_b)


def start_phase(tournament: Any, me: int, post: QueryDict) -> None:
    """Draw a phase."""
    phases.start(phase_id=tournament.phases.get(pk=whole(post, "phase")).pk, by_id=me)


def undo(tournament: Any, me: int, post: QueryDict) -> None:
    """Undo the last correction of a match."""
    match = tournament.matches.get(pk=match_here(tournament, post))
    correction = match.corrections.filter(undone_by=None).first()
    if correction is None:
        raise Http404(str(match.pk))
    corrections.undo(correction_id=correction.pk, by_id=me)


# What a button of the desk does, and what is said.
DESK_ACTS: dict[str, tuple[DeskAct, str | Promise]] = {
    "approve": (
        lambda found, me, post: admission.approve(entry_id=entry_here(found, post), by_id=me),
        gettext_lazy("Admitted."),
    ),
    "reject": (
        lambda found, me, post: admission.reject(
            entry_id=entry_here(found, post), by_id=me, reason=post.get("reason", "")
        ),
        gettext_lazy("Not admitted; they read why."),
    ),
    "readmit": (
        lambda found, me, post: admission.readmit(entry_id=entry_here(found, post), by_id=me),
        gettext_lazy("They can register again."),
    ),
    "check-in": (
        lambda found, me, post: check_in.check_in(entry_id=entry_here(found, post), by_id=me),
        gettext_lazy("Checked in."),
    ),
    "disqualify": (
        lambda found, me, post: results.leave(
            entry_id=entry_here(found, post), why="DISQUALIFIED", by_id=me, reason=post.get("reason", "")
        ),
        gettext_lazy("Disqualified."),
    ),
    "start": (
        lambda found, me, post: tournaments.start(tournament_id=found.pk, by_id=me),
        gettext_lazy("It has begun."),
    ),
    "start-phase": (start_phase, gettext_lazy("Drawn.")),
    "complete": (
        lambda found, me, post: tournaments.complete(tournament_id=found.pk, by_id=me),
        gettext_lazy("It is over, everybody has a place."),
    ),
    "decide": (decide_match, gettext_lazy("Decided.")),
    "undo": (undo, gettext_lazy("Undone.")),
}


@login_required
@never_cache
@require_safe
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who runs a tournament what waits for him."""
    found = running.desk(slug, request.user)
    if found is None:
        raise Http404(slug)
    entries = paged(request, found.entries, running.ENTRIES_PER_PAGE, list, found.asked)
    context = {
        **entries,
        "desk": found,
        "pending": [entry for entry in entries["page"] if entry.status == "PENDING"],
        "entries": [entry for entry in entries["page"] if entry.status != "PENDING"],
        "watch": watch(found.tournament),
        "section": "tournaments",
        "noindex": True,
        "title": _("Run %(name)s") % {"name": found.tournament.name},
        "description": _("Registrations, check-in, matches, disputes and the log of %(name)s.")
        % {"name": found.tournament.name},
    }
    return render(request, "web/pages/desk.html", context)


@login_required
@require_POST
def desk_act(request: HttpRequest, slug: str) -> HttpResponse:
    """Do what a button of the desk says."""
    found, name = desk_rows.tournament_run_by(slug, request.user), request.POST.get("act", "")
    if found is None or name not in DESK_ACTS:
        raise Http404(slug)
    perform(request, DESK_ACTS[name], found)
    return redirect("web:desk", slug)


@login_required
@never_cache
def correction(request: HttpRequest, slug: str, match_id: int) -> HttpResponse:
    """Show what another score of a match would touch (GET with a score), and correct it (POST)."""
    tournament = desk_rows.tournament_run_by(slug, request.user)
    match = desk_rows.match_in(slug, match_id)
    if tournament is None or match is None:
        raise Http404(str(match_id))
    if request.method == "POST":

        def do(subject: Any, me: int, post: QueryDict) -> None:
            reason = post.get("reason", "")
            corrections.correct(match_id=match_id, by_id=me, reason=reason, **given_score(post))

        if perform(request, (do, _("Corrected. Everything that follows from it follows.")), match):
            return redirect("web:desk", slug)
    asked = request.POST if request.method == "POST" else request.GET
    preview = None
    if "score_a" in asked:
        try:
            preview = corrections.preview(match_id=match_id, **given_score(asked))
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
    context = {
        "tournament": tournament,
        "page": running.correction_page(match, preview, request.user),
        "asked": asked,
        "section": "tournaments",
        "noindex": True,
        "title": _("Correct a result"),
        "description": _("What another result would touch, before anything is changed."),
    }
    return render(request, "web/pages/correction.html", context)
