"""Where players want to be told of what: on the page, by e-mail, both or neither."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core import signing
from django.db import transaction

from apps.notifications import kinds
from apps.notifications.models import Preference

# What the link of a digest says instead of a kind.
DIGEST = "digest"
SALT = "apps.notifications.unsubscribe"


class BadLink(ValueError):
    """The link is damaged, or not ours."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Where a player wants to be told of a kind."""

    in_app: bool
    by_email: bool


def wishes(code: str, user_ids: Iterable[int]) -> dict[int, Wish]:
    """Return where each of these players wants to be told of a kind. One query."""
    kind = kinds.of(code)
    rows = Preference.objects.filter(kind=kind.code, user_id__in=list(user_ids))
    chosen = {row.user_id: Wish(row.in_app, row.by_email) for row in rows}
    return {user_id: chosen.get(user_id, Wish(True, kind.by_email)) for user_id in user_ids}


def wishes_of(user_id: int) -> dict[str, Wish]:
    """Return where a player wants to be told of every kind. One query."""
    chosen = {row.kind: Wish(row.in_app, row.by_email) for row in Preference.objects.filter(user_id=user_id)}
    return {code: chosen.get(code, Wish(True, kind.by_email)) for code, kind in kinds.known.items()}


@transaction.atomic
def choose(user_id: int, wanted: Mapping[str, Wish]) -> None:
    """Store where a player wants to be told of these kinds. Of a kind that nobody declared, nothing."""
    Preference.objects.bulk_create(
        [
            Preference(user_id=user_id, kind=code, in_app=wish.in_app, by_email=wish.by_email)
            for code, wish in sorted(wanted.items())
            if code in kinds.known
        ],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["in_app", "by_email"],
    )


def codes_of(code: str) -> list[str]:
    """Return the kinds that a link ends: one, or all that a digest has."""
    return [each.code for each in kinds.known.values() if not each.urgent] if code == DIGEST else [code]


@transaction.atomic
def stop_mail(user_id: int, codes: Iterable[str]) -> None:
    """Send a player no e-mail about these kinds any more; the page tells him as before."""
    now = wishes_of(user_id)
    choose(user_id, {code: Wish(now[code].in_app, False) for code in codes if code in now})


def link_token(user_id: int, code: str) -> str:
    """Return what a link in an e-mail says: whom to send no more of which kind. It holds for ever."""
    return signing.dumps([user_id, code], salt=SALT)


def read_token(token: str) -> tuple[int, str]:
    """Return whose link it is, and of which kind. Raises BadLink."""
    try:
        user_id, code = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError) as error:
        raise BadLink("this link is not ours, or not whole") from error
    return int(user_id), code if code == DIGEST else kinds.of(code).code
