"""A player's own tokens for the API."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.api.services import tokens as api_tokens
from apps.web.forms.tokens import TokenForm
from apps.web.views.signed_in import signed_in


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's tokens, and make another: its secret is in this answer and nowhere else."""
    user_id = signed_in(request)
    form = TokenForm(request.POST if request.method == "POST" else None)
    secret = made_of(user_id, form) if request.method == "POST" and form.is_valid() else ""
    context = {
        "form": TokenForm() if secret else form,
        "secret": secret,
        "tokens": api_tokens.tokens_of(user_id),
        "noindex": True,
        "title": _("API tokens"),
        "description": _("Personal tokens with which programs read and write as you."),
    }
    return render(request, "web/pages/tokens.html", context)


def made_of(user_id: int, form: TokenForm) -> str:
    """Make the token that a form asks for; return its secret, empty when it was refused."""
    try:
        _token, secret = api_tokens.create(
            user_id=user_id, name=form.cleaned_data["name"], scopes=form.scopes()
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
        return ""
    return secret


@login_required
@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """End one of one's tokens."""
    if not api_tokens.revoke(user_id=signed_in(request), token_id=token_id):
        raise Http404(token_id)
    messages.success(request, _("The token is revoked. Nothing can use it any more."))
    return redirect("web:tokens")
