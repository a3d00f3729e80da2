"""The roster: found a team, seat players, let them go."""

import re
from itertools import count

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from apps.teams.models import TAG_CHARS_MAX, Done, Role, Team, TeamMembership, moment
from apps.teams.services import log
from apps.user_profile.services import names, profiles

SLUG_CHARS_MAX = 80
# To whom a captaincy goes when the captain's account is deleted, the first there is.
HEIRS = (Role.MANAGER, Role.PLAYER, Role.SUB, Role.COACH, Role.ANALYST)
# Words that stand, or may stand one day, where a team's slug stands in an address.
SLUGS_TAKEN = frozenset({"new", "search", "invitations"})


class RosterFull(ValidationError):
    """Every seat that the game allows is taken: somebody has to leave first."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            "The roster is full (%(limit)d players). Somebody has to leave first.",
            code="roster_full",
            params={"limit": limit},
        )


class TagTaken(ValidationError):
    """Another team of the game has the tag."""

    def __init__(self, tag: str) -> None:
        super().__init__({"tag": [f"Another team of this game has the tag {tag}. Choose another."]})


class AlreadySeated(ValidationError):
    """The player is in the team: change the role with `roster.change_role`."""

    def __init__(self) -> None:
        super().__init__("The player is in the team already.", code="already_seated")


class SeatedElsewhere(ValidationError):
    """The player is in another team of the same game: `roster.leave` comes first."""

    def __init__(self) -> None:
        super().__init__(
            "The player is in another team of this game, and has to leave it first.", code="seated_elsewhere"
        )


class CaptainSeated(ValidationError):
    """The team has a captain: `management.hand_over` changes who it is."""

    def __init__(self) -> None:
        super().__init__("The team has a captain already.", code="captain_seated")


class NotSeated(ValidationError):
    """The player is not in the team: `roster.join` comes first."""

    def __init__(self) -> None:
        super().__init__("The player is not in the team.", code="not_seated")


def create_team(
    *, name: str, tag: str = "", creator_id: int | None = None, game_id: int | None = None
) -> Team:
    """Found a team; the slug and, if none is given, the tag are made from its name. Seats nobody.

    Raises ValidationError, by field; TagTaken where a tag was given that another team of the game has.
    """
    name = names.normalise_display_name(name)
    tag = tag.strip()
    team = Team(name=name, tag=tag or tag_for(name), creator_id=creator_id, game_id=game_id)
    team.clean_fields(exclude={"slug", "creator"})
    if tag and tag_taken(tag, game_id):
        raise TagTaken(tag)
    while True:
        team.slug, team.tag = free_slug(name), tag or free_tag(name, game_id)
        try:
            with transaction.atomic():
                team.save()
        except IntegrityError:
            # Another transaction took the slug or the tag meanwhile; anything else is not ours to mend.
            if tag and tag_taken(tag, game_id):
                raise TagTaken(tag) from None
            if not Team.objects.filter(slug=team.slug).exists() and not tag_taken(team.tag, game_id):
                raise
        else:
            return team


@transaction.atomic
def rename(*, team_id: int, name: str) -> Team:
    """Give a team another name; its address stays.

    Raises ValidationError, by field.
    """
    team = Team.objects.select_for_update().get(pk=team_id)
    team.name = names.normalise_display_name(name)
    team.clean_fields(exclude={"slug", "creator", "game"})
    team.save()
    return team


@transaction.atomic
def join(*, team_id: int, user_id: int, role: str = Role.PLAYER) -> TeamMembership:
    """Seat a player.

    Raises RosterFull when the game's limit is reached, AlreadySeated when he sits there, SeatedElsewhere when
    he plays in another team of the game, CaptainSeated.
    """
    profiles.lock_many([user_id])
    team = Team.objects.select_related("game").select_for_update(of=("self",)).get(pk=team_id)
    seated = dict(team.memberships.active().values_list("user_id", "role"))
    if user_id in seated:
        raise AlreadySeated
    if role == Role.CAPTAIN and Role.CAPTAIN in seated.values():
        raise CaptainSeated
    if (
        team.game_id
        and TeamMembership.objects.active().filter(user_id=user_id, game_id=team.game_id).exists()
    ):
        raise SeatedElsewhere
    limit = team.game.roster_max if team.game else None
    if limit is not None and len(seated) >= limit:
        raise RosterFull(limit)
    return TeamMembership.objects.create(team=team, user_id=user_id, role=Role(role))


@transaction.atomic
def leave(*, team_id: int, user_id: int) -> TeamMembership:
    """Let a player go.

    Raises NotSeated.
    """
    seat = _taken_seat(team_id, user_id)
    seat.left_at = max(moment(), seat.joined_at)
    seat.save()
    return seat


@transaction.atomic
def vacate(*, user_id: int) -> int:
    """Free every seat of somebody who is gone, whatever he was there; return how many.

    A team that he led goes to the next of HEIRS, of equals to who has been there longest.
    """
    seats = TeamMembership.objects.active().filter(user_id=user_id)
    teams = Team.objects.filter(pk__in=seats.values("team_id")).order_by("pk").select_for_update()
    team_ids = [team.pk for team in teams]
    taken = list(seats.filter(team_id__in=team_ids).order_by("team_id"))
    for seat in taken:
        seat.left_at = max(moment(), seat.joined_at)
        seat.save()
        if seat.role == Role.CAPTAIN:
            pass_on(seat.team_id)
    return len(taken)


def pass_on(team_id: int) -> None:
    """Make somebody captain of a team, which is locked, whose captain is gone; of nobody there is none."""
    rest = TeamMembership.objects.active().filter(team_id=team_id)
    heir = min(rest, key=lambda seat: (HEIRS.index(Role(seat.role)), seat.joined_at, seat.pk), default=None)
    if heir is not None:
        heir.role = Role.CAPTAIN
        heir.save()
        log.write(team_id, Done.CAPTAINCY_HANDED_OVER, by_id=None, user_id=heir.user_id)


@transaction.atomic
def change_role(*, team_id: int, user_id: int, role: str) -> TeamMembership:
    """Give a seated player another role.

    Raises NotSeated, CaptainSeated.
    """
    seat = _taken_seat(team_id, user_id)
    captains = TeamMembership.objects.active().filter(team_id=team_id, role=Role.CAPTAIN)
    if role == Role.CAPTAIN and captains.exclude(pk=seat.pk).exists():
        raise CaptainSeated
    seat.role = Role(role)
    seat.save()
    return seat


def _taken_seat(team_id: int, user_id: int) -> TeamMembership:
    Team.objects.select_for_update().get(pk=team_id)
    seat = TeamMembership.objects.active().filter(team_id=team_id, user_id=user_id).first()
    if seat is None:
        raise NotSeated
    return seat


def tag_for(name: str) -> str:
    """Return a tag made of a name: `OG` for OpTic Gaming, `SPLY` for Splyce."""
    words = re.findall("[a-z0-9]+", slugify(name))
    tag = "".join(word[0] for word in words) if len(words) > 1 else "".join(words)[: TAG_CHARS_MAX - 1]
    return tag[:TAG_CHARS_MAX].upper() or "TEAM"


def free_slug(name: str) -> str:
    """Return a slug made of a name that no team has: `faze-clan`, `faze-clan-2` ..."""
    base = slugify(name)[: SLUG_CHARS_MAX - 8].strip("-") or "team"
    taken = set(Team.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | SLUGS_TAKEN
    candidates = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(slug for slug in candidates if slug not in taken)


def tag_taken(tag: str, game_id: int | None) -> bool:
    """Tell whether a team of the game has the tag, in any case."""
    return game_id is not None and Team.objects.filter(game_id=game_id, tag__iexact=tag).exists()


def free_tag(name: str, game_id: int | None) -> str:
    """Return a tag made of a name that no team of the game has: `OG`, `OG2` ..."""
    base = tag_for(name)
    candidates = (
        base if number == 1 else f"{base[: TAG_CHARS_MAX - len(str(number))]}{number}" for number in count(1)
    )
    return next(tag for tag in candidates if not tag_taken(tag, game_id))
