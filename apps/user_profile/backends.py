"""Signing in, as Django and allauth do it; who is signed in is read with the profile that each page shows."""

from typing import Any

from allauth.account import auth_backends
from django.contrib.auth import backends
from django.contrib.auth.models import Permission
from django.db.models import Q

from apps.user_profile.models import User


class FewQueries(backends.ModelBackend):
    """Reads whom a session is of with his profile, and all of his permissions, in one query each."""

    def get_user(self, user_id: Any) -> User | None:
        """Return who may sign in, None for anybody else."""
        whole = User.objects.select_related("userprofile")
        found: User | None = whole.filter(pk=user_id, is_active=True).first()
        return found

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the permissions of somebody and of his groups; asks the database once for each user."""
        if obj is None and user_obj.is_active and not hasattr(user_obj, "_perm_cache"):
            held = Q() if user_obj.is_superuser else Q(user=user_obj) | Q(group__user=user_obj)
            rows = Permission.objects.filter(held).order_by()
            names = rows.values_list("content_type__app_label", "codename")
            user_obj._perm_cache = {f"{app}.{codename}" for app, codename in names}
        return super().get_all_permissions(user_obj, obj)


class ModelBackend(FewQueries):
    """By username and password, for the administration."""


class AuthenticationBackend(FewQueries, auth_backends.AuthenticationBackend):  # type: ignore[misc]
    """By what allauth's forms take."""
