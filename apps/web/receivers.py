"""What the site does when somebody signs in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.user_profile.services import deletion


@receiver(user_logged_in)
def keep_account(sender: Any, request: HttpRequest | None, user: Any, **_kwargs: Any) -> None:
    """Take back the wish to be deleted: who signs in wants to stay."""
    if deletion.cancel(user_id=user.pk) and request is not None and hasattr(request, "_messages"):
        messages.success(request, _("Welcome back. Your account will not be deleted."))
