"""What our accounts ask of the library that signs players in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.internal.flows.signup import redirect_to_signup
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from apps.user_profile.services import sealing, usernames

# Under which the keys are derived: another one would lock everybody out.
PURPOSE = "second factor"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Signing up, with or without another site."""

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Refuse also a name that somebody had; `shallow` asks for its shape alone."""
        cleaned: str = super().clean_username(username, shallow)
        if not shallow:
            usernames.check_free(cleaned)
        return cleaned

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Store the newcomer; when somebody takes the name at the same moment, the form says so.

        The page is asked for once more: now its own look finds the name taken.
        """
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit)
        except IntegrityError:
            if not usernames.is_taken(form.cleaned_data["username"]):
                raise
            raise ImmediateHttpResponse(asked_again(request, form)) from None


def asked_again(request: HttpRequest, form: Any) -> HttpResponse:
    """Return the answer of the page to the same request; who comes from another site is remembered for it."""
    if hasattr(form, "sociallogin"):
        redirect_to_signup(request, form.sociallogin)
    page = request.resolver_match
    assert page
    answer: HttpResponse = page.func(request, *page.args, **page.kwargs)
    return answer


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors, encrypted at rest: who reads the database alone cannot make codes."""

    def encrypt(self, text: str) -> str:
        """Return what is stored of a secret."""
        return sealing.seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret that was stored, under this key or one that it has replaced."""
        return sealing.unseal(encrypted_text, purpose=PURPOSE)
