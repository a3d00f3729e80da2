"""What a player did, in sentences with links; what is alike and follows one another is told in one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import ordinal
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.community.selectors import posts
from apps.tournaments import selectors as tournaments
from apps.user_profile.achievements import BY_CODE
from apps.user_profile.selectors.privacy import Viewer


@dataclass(frozen=True)
class Phrase:
    """How one kind of activity is told: its icon, its tone, and the words before what it is about.

    ``%(place)s`` in the words is the place that was reached, ``%(amount)s`` a number of coins, ``%(count)d``
    how many there were; `many` are the words for more than one.
    """

    icon: str
    tone: str
    words: str | Promise
    many: str | Promise = ""


@dataclass(frozen=True)
class ActivityItem:
    """One line of activities, ready to be shown; `last` is the oldest row that it tells of."""

    icon: str
    tone: str
    text: str
    subject: str
    href: str
    occurred_at: datetime
    is_public: bool
    last: Any


PHRASES = {
    "PROFILE_CREATED": Phrase("user", "plain", _("Joined DeltaCrown")),
    "PROFILE_UPDATED": Phrase(
        "user-pen", "plain", _("Edited the profile"), _("Edited the profile %(count)d times")
    ),
    "DISPLAY_NAME_CHANGED": Phrase("user-pen", "plain", _("Changed the name")),
    "AVATAR_CHANGED": Phrase("image", "plain", _("Changed the picture")),
    "PRIVACY_CHANGED": Phrase(
        "eye", "plain", _("Changed a privacy setting"), _("Changed %(count)d privacy settings")
    ),
    "GAME_PASSPORT_ADDED": Phrase("gamepad-2", "plain", _("Added a game passport:")),
    "GAME_PASSPORT_DELETED": Phrase("gamepad-2", "plain", _("Deleted a game passport:")),
    "USER_FOLLOWED": Phrase("user-plus", "plain", _("Followed a player"), _("Followed %(count)d players")),
    "USER_UNFOLLOWED": Phrase(
        "user-minus", "plain", _("Unfollowed a player"), _("Unfollowed %(count)d players")
    ),
    "TEAM_JOINED": Phrase("shield-plus", "plain", _("Joined")),
    "USER_LEFT_TEAM": Phrase("shield-minus", "plain", _("Left")),
    "TOURNAMENT_REGISTERED": Phrase("clipboard-check", "plain", _("Registered for")),
    "TOURNAMENT_MATCH_COMPLETED": Phrase(
        "swords", "plain", _("Played a match at"), _("Played %(count)d matches, won %(won)d at")
    ),
    "MATCH_WON": Phrase("swords", "win", _("Won a match at"), _("Won %(count)d matches at")),
    "TOURNAMENT_PLACEMENT": Phrase("medal", "gold", _("Finished %(place)s at")),
    "ACHIEVEMENT_UNLOCKED": Phrase("trophy", "gold", _("Unlocked")),
    "PRIZE_EARNED": Phrase("coins", "gold", _("Won a prize of %(amount)s DC")),
    "LEVEL_UP": Phrase("trending-up", "gold", _("Reached level %(level)s")),
    "TOURNAMENT_COMPLETED": Phrase("flag", "plain", _("Played to the end of")),
    "ITEM_PURCHASED": Phrase("shopping-bag", "plain", _("Bought an item"), _("Bought %(count)d items")),
    "POST_CREATED": Phrase("message-square", "plain", _("Posted:")),
}
MATCHES = frozenset({"TOURNAMENT_MATCH_COMPLETED", "MATCH_WON"})

Subjects = Mapping[str, Mapping[Any, tuple[str, str]]]
"""By the key of the activity's data, then by id: the name of what it is about, and its address."""


def activity_items(
    viewer: Viewer, rows: Iterable[Any], seats: Iterable[Any], passports: Iterable[Any]
) -> list[ActivityItem]:
    """Tell a player's activities, given all his seats and passports; what is gone goes unnamed.

    Posts are told as they are now, and only those that the viewer may read.
    """
    rows = list(rows)
    said = posts.previews(viewer, [row.event_data["post_id"] for row in rows if is_post(row)])
    rows = [row for row in rows if not is_post(row) or row.event_data["post_id"] in said]
    subjects = _subjects(rows) | {
        "post_id": {id_: (text, reverse("web:post", args=[id_])) for id_, text in said.items()},
        "team_id": {
            seat.team_id: (seat.team.name, reverse("web:team", args=[seat.team.slug])) for seat in seats
        },
        "achievement_code": {code: (str(one.title), "") for code, one in BY_CODE.items()},
        "game_id": {passport.game_id: (passport.game.name, "") for passport in passports},
    }
    return [_item(together, subjects) for together in grouped(rows, subjects)]


def grouped(rows: Iterable[Any], subjects: Subjects) -> list[list[Any]]:
    """Put together what follows one another and is told in one sentence: matches of one tournament, and
    repetitions of what has words for many.
    """
    groups: list[list[Any]] = []
    for row in rows:
        if groups and _is_told_with(groups[-1][0], row, subjects):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _is_told_with(one: Any, other: Any, subjects: Subjects) -> bool:
    if one.event_type in MATCHES and other.event_type in MATCHES:
        return _place_of(one, subjects) == _place_of(other, subjects)
    phrase = PHRASES.get(one.event_type)
    return one.event_type == other.event_type and bool(phrase and phrase.many)


def _place_of(row: Any, subjects: Subjects) -> str:
    """Return the page of the tournament of a match, without the match."""
    _, href = subjects.get("match_id", {}).get(row.event_data.get("match_id"), ("", ""))
    return href.partition("#")[0]


def is_post(row: Any) -> bool:
    """Tell whether an activity is a post."""
    return bool(row.event_type == "POST_CREATED")


def _subjects(rows: list[Any]) -> dict[str, dict[int, tuple[str, str]]]:
    """Look up, at once, the tournaments and matches that activities are about."""
    tournament_ids, match_ids = (
        {row.event_data[key] for row in rows if key in row.event_data}
        for key in ("tournament_id", "match_id")
    )
    if not tournament_ids and not match_ids:
        return {}
    found = tournaments.names_of(tournaments=tournament_ids, matches=match_ids)
    return {
        "tournament_id": {
            id_: (name, reverse("web:tournament", args=[slug]))
            for id_, (name, slug) in found.tournaments.items()
        },
        "match_id": {
            id_: (name, reverse("web:tournament", args=[slug]) + f"#series-{id_}")
            for id_, (name, slug) in found.matches.items()
        },
    }


def _item(together: list[Any], subjects: Subjects) -> ActivityItem:
    played = [row for row in together if row.event_type == "TOURNAMENT_MATCH_COMPLETED"]
    row = (played or together)[0]
    phrase = PHRASES.get(row.event_type)
    if phrase is None:
        phrase = Phrase("circle-dot", "plain", row.event_type.replace("_", " ").capitalize())
    named = (subjects[key].get(row.event_data[key]) for key in subjects if key in row.event_data)
    subject, href = next((each for each in named if each), ("", ""))
    count = len(played or together)
    won = sum(bool(one.event_data.get("won")) for one in played)
    tone = "win" if played and won else phrase.tone
    if count > 1:
        href = href.partition("#")[0]
    words = str(phrase.many if count > 1 and phrase.many else phrase.words)
    if count == 1 and won:
        words = str(PHRASES["MATCH_WON"].words)
    if "%(" in words:
        amount = number_format(row.event_data.get("amount", 0), use_l10n=True, force_grouping=True)
        words %= {
            "place": ordinal(row.event_data.get("placement")),
            "amount": amount,
            "level": row.event_data.get("level"),
            "count": count,
            "won": won,
        }
    return ActivityItem(
        phrase.icon, tone, words, subject, href, together[0].occurred_at, row.is_public, together[-1]
    )
