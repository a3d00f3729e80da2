"""One's own game passports: add, change, arrange, delete."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.games import selectors as games
from apps.user_profile import selectors as profiles
from apps.user_profile.services import passports as service
from apps.web.forms.passports import PassportForm
from apps.web.selectors import Row
from apps.web.views.signed_in import signed_in

STEPS = {"up": -1, "down": 1}
PINS = {"pin": True, "unpin": False}


@login_required
@never_cache
@require_safe
def passports(request: HttpRequest) -> HttpResponse:
    """List one's passports, and the games that one may be added for."""
    held = profiles.passports_of(signed_in(request))
    with_one = {passport.game_id for passport in held}
    context = {
        "passports": held,
        "games": [game for game in games.all_games() if game.pk not in with_one],
        "noindex": True,
        "title": _("Game passports"),
        "description": _("Who you are in each game. Tournaments take your name there from here."),
    }
    return render(request, "web/pages/settings/passports.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def passport(request: HttpRequest, slug: str) -> HttpResponse:
    """Add the passport of a game, or change it."""
    user_id, game = signed_in(request), game_at(slug)
    held = own_passport(user_id, game)
    form = PassportForm(request.POST if request.method == "POST" else None, game=game, passport=held)
    if request.method == "POST" and form.is_valid() and saved(user_id, game, held, form):
        messages.success(request, _("Your %(game)s passport is saved.") % {"game": game.name})
        return redirect("web:passports")
    context = {
        "form": form,
        "game": game,
        "passport": held,
        "aliases": profiles.aliases_of(user_id, game.pk),
        "noindex": True,
        "title": _("%(game)s passport") % {"game": game.name},
        "description": _("Who you are in each game. Tournaments take your name there from here."),
    }
    return render(request, "web/pages/settings/passport.html", context)


def saved(user_id: int, game: Row, held: Row | None, form: PassportForm) -> bool:
    """Save what the form says; tell whether it was accepted, else the form knows why."""
    write = service.update if held else service.add
    try:
        write(user_id=user_id, game_id=game.pk, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


@login_required
@require_POST
def arrange(request: HttpRequest, slug: str) -> HttpResponse:
    """Pin or unpin a passport, or move it up or down."""
    user_id, game, act = signed_in(request), game_at(slug), request.POST.get("act", "")
    try:
        if act in STEPS:
            service.move(user_id=user_id, game_id=game.pk, steps=STEPS[act])
        elif act in PINS:
            service.update(user_id=user_id, game_id=game.pk, is_pinned=PINS[act])
        else:
            raise Http404(act)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("web:passports")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask whether a passport is really to go, and let it go."""
    user_id, game = signed_in(request), game_at(slug)
    held = own_passport(user_id, game)
    if held is None:
        raise Http404(slug)
    if request.method == "POST":
        try:
            service.delete(user_id=user_id, game_id=game.pk)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Your %(game)s passport is deleted.") % {"game": game.name})
        return redirect("web:passports")
    context = {
        "game": game,
        "passport": held,
        "noindex": True,
        "title": _("Delete the %(game)s passport") % {"game": game.name},
        "description": _("Who you are in each game. Tournaments take your name there from here."),
    }
    return render(request, "web/pages/settings/passport_delete.html", context)


def game_at(slug: str) -> Row:
    """Return the game at an address."""
    game = games.game_by_slug(slug)
    if game is None:
        raise Http404(slug)
    return game


def own_passport(user_id: int, game: Row) -> Row | None:
    """Return one's passport of a game, if there is one."""
    return next((each for each in profiles.passports_of(user_id) if each.game_id == game.pk), None)
