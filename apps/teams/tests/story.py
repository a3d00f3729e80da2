"""The teams' chapter: two rosters and a transfer."""

from datetime import UTC, datetime
from typing import Any

from apps.events import occurring_at
from apps.teams.models import Role, TeamMembership
from apps.teams.services import invitations, management, requests, roster


def tell(cast: Any) -> None:
    """Found two teams, fill them, and let a player change sides."""
    founder, *_ = cast.ids("ada")
    red = roster.create_team(name="Red Rockets", creator_id=founder)
    blue = roster.create_team(name="Blue Whales")
    for username in ("ada", "bela", "carl"):
        roster.join(team_id=red.pk, user_id=cast.players[username].pk)
    for username in ("dora", "emil", "fred"):
        roster.join(team_id=blue.pk, user_id=cast.players[username].pk, role=Role.SUB)
    roster.change_role(team_id=red.pk, user_id=founder, role=Role.CAPTAIN)
    ask(cast, red.pk)
    roster.rename(team_id=blue.pk, name="Deep Blue")
    [carl] = cast.ids("carl")
    roster.leave(team_id=red.pk, user_id=carl)
    roster.join(team_id=blue.pk, user_id=carl)
    # A seat of old, over when it is written down.
    with occurring_at(datetime(2018, 1, 1, tzinfo=UTC)):
        past = TeamMembership(team=red, user=cast.players["fred"], left_at=datetime(2018, 6, 1, tzinfo=UTC))
        past.save()
    cast.things["red"], cast.things["blue"] = red, blue


def ask(cast: Any, team_id: int) -> None:
    """Let a captain invite, and players ask; nothing comes of any of it but a seat for a while."""
    ada, hana, ivan = cast.ids("ada", "hana", "ivan")
    sent = invitations.invite(team_id=team_id, by_id=ada, user_id=hana)
    invitations.decline(invitation_id=sent.pk, user_id=hana)
    sent = invitations.invite(team_id=team_id, by_id=ada, user_id=ivan, role=Role.SUB)
    invitations.accept(invitation_id=sent.pk, user_id=ivan)
    management.remove(team_id=team_id, by_id=ada, user_id=ivan, reason="Tryout is over.")
    asked = requests.ask(team_id=team_id, user_id=hana, message="Let me in.")
    requests.decline(request_id=asked.pk, by_id=ada)
