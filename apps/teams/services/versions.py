"""Roster versions: they grow with all that a roster shows, so that no cached roster is read too late."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from apps.teams.models import Team, TeamMembership


def grow_of_player(user_id: int) -> None:
    """Make every roster that shows this player a new one."""
    grow(TeamMembership.objects.active().filter(user_id=user_id).values_list("team_id", flat=True))


@transaction.atomic
def grow(team_ids: Iterable[int]) -> None:
    """Make these rosters new ones; the teams are locked by id."""
    teams = Team.objects.filter(pk__in=list(team_ids)).order_by("pk").select_for_update(no_key=True)
    locked = list(teams.values_list("pk", flat=True))
    Team.objects.filter(pk__in=locked).update(roster_version=F("roster_version") + 1)
