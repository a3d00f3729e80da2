"""Accounts: where players begin."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from apps.user_profile.models import User
from apps.user_profile.services import names


def sign_up(*, username: str, email: str = "", password: str | None = None, display_name: str = "") -> User:
    """Make an account with its profile; without a password nobody can sign in with one.

    Raises ValidationError, by field, when something cannot be accepted or the username is taken.
    """
    user = User(username=username, email=User.objects.normalize_email(email))
    user.birth_name = checked_display_name(display_name)
    user.set_password(password)
    user.full_clean()
    if password is not None:
        validate_password(password, user)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        # Somebody else took the name between our look and our insert.
        if User.objects.named(username).exists():
            raise ValidationError({"username": "This username is taken. Choose another."}) from None
        raise
    return user


def checked_display_name(text: str) -> str:
    """Return a display name as it is stored; empty means none was given."""
    name = names.normalise_display_name(text)
    if name:
        try:
            names.validate_display_name(name)
        except ValidationError as error:
            raise ValidationError({"display_name": error.error_list}) from None
    return name


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody whom an import signs up; `country` is two capital letters, or empty."""

    username: str
    display_name: str
    country: str = ""


@transaction.atomic
def sign_up_many(newcomers: Sequence[Newcomer]) -> list[User]:
    """Make many accounts that nobody can sign in with.

    Raises ValidationError for a name that cannot be one, or that is taken.
    """
    wanted = [newcomer.username.lower() for newcomer in newcomers]
    named = User.objects.annotate(lowered=Lower("username")).filter(lowered__in=wanted)
    if taken := named.values_list("username", flat=True).first():
        raise ValidationError({"username": f"The username {taken} is taken."})
    users = []
    for newcomer in newcomers:
        user = User(username=newcomer.username)
        user.birth_name = checked_display_name(newcomer.display_name)
        user.birth_country = newcomer.country
        user.set_unusable_password()
        users.append(user)
    made: list[User] = User.objects.bulk_create(users)
    return made
