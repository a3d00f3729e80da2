"""Personal tokens: made, shown once, recognised by their digest, revoked."""

import hashlib
import secrets
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.api.models import ApiToken
from apps.api.scopes import Scope

HOUSE = "dct_"
"""Every token begins so: scanners of leaked secrets look for it."""
SECRET_CHARS = 40
CHECK_CHARS = 6
SHOWN_CHARS = 8
TOKENS_MAX = 50
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# One statement: who it is, and once a minute that the token was used.
HOLDER = """
WITH held AS (
    SELECT token.id, token.user_id, token.scopes,
           token.last_used_at IS NULL OR token.last_used_at < now() - interval '1 minute' AS stale
      FROM api_apitoken AS token
     WHERE token.digest = %s AND token.revoked_at IS NULL
), used AS (
    UPDATE api_apitoken AS token SET last_used_at = now() FROM held
     WHERE token.id = held.id AND held.stale
)
SELECT account.*, held.id AS token_id, held.scopes AS token_scopes
  FROM held JOIN {users} AS account ON account.id = held.user_id
 WHERE account.is_active
"""


@transaction.atomic
def create(*, user_id: int, name: str, scopes: Iterable[str]) -> tuple[ApiToken, str]:
    """Make a token; return it with its secret, which is shown this once and kept nowhere.

    Raises ValidationError, by field.
    """
    get_user_model().objects.select_for_update().get(pk=user_id)
    if tokens_of(user_id).count() >= TOKENS_MAX:
        raise ValidationError(_("You have %(most)d tokens. Revoke one first.") % {"most": TOKENS_MAX})
    secret = new_secret()
    token = ApiToken(
        user_id=user_id,
        name=name.strip(),
        prefix=secret[:SHOWN_CHARS],
        digest=digest_of(secret),
        scopes=sorted(set(scopes)),
    )
    token.full_clean(exclude={"user"})
    if unknown := set(token.scopes) - set(Scope.values):
        raise ValidationError({"scopes": _("There is no scope %(name)s.") % {"name": min(unknown)}})
    token.save()
    return token, secret


def revoke(*, user_id: int, token_id: int) -> bool:
    """End a token of this user now; return whether there was one to end."""
    return bool(tokens_of(user_id).filter(pk=token_id).update(revoked_at=timezone.now()))


def tokens_of(user_id: int) -> Any:
    """Return a user's tokens that are in force, the newest first."""
    return ApiToken.objects.filter(user_id=user_id, revoked_at=None)


def holder(secret: str) -> Any:
    """Return the user whose token this is, with `token_id` and `token_scopes`; None for any other text.

    A text whose check digits are wrong is refused without a question to the database.
    """
    if not is_whole(secret):
        return None
    users = get_user_model()
    found: Sequence[Any] = users.objects.raw(HOLDER.format(users=users._meta.db_table), [digest_of(secret)])
    return next(iter(found), None)


def new_secret() -> str:
    """Return a new token: the house's mark, 238 random bits, check digits."""
    body = HOUSE + "".join(secrets.choice(ALPHABET) for _ in range(SECRET_CHARS))
    return body + check_digits(body)


def is_whole(secret: str) -> bool:
    """Tell whether a text can be a token at all."""
    body, check = secret[:-CHECK_CHARS], secret[-CHECK_CHARS:]
    shaped = secret.startswith(HOUSE) and len(secret) == len(HOUSE) + SECRET_CHARS + CHECK_CHARS
    return shaped and secret.isascii() and check_digits(body) == check


def check_digits(body: str) -> str:
    """Return the check digits of a token's body: its CRC-32 in base 62."""
    number, digits = zlib.crc32(body.encode()), ""
    for _place in range(CHECK_CHARS):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def digest_of(secret: str) -> str:
    """Return what is stored of a token. It is random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
