"""What players are told of how it went, and what is taken back when a result was corrected."""

from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from apps.events import Event
from apps.notifications.kinds import Category, declare
from apps.notifications.services import notifications
from apps.tournaments.models import Match, Tournament

RESULT = declare("match_result", Category.TOURNAMENT, gettext_lazy("A match of yours is over"))
PLACED = declare(
    "tournament_placement",
    Category.TOURNAMENT,
    gettext_lazy("You have a place in a tournament"),
    by_email=True,
)


def tell_placed(event: Event, user_id: int, tournament_id: int, placement: int) -> None:
    """Tell a player how a tournament ended for him."""
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        return
    notifications.notify(
        event,
        [user_id],
        kind=PLACED,
        text=gettext_noop("{tournament} is over. Your place: {place}."),
        values={"tournament": tournament.name, "place": placement},
        url=reverse("web:tournament", args=[tournament.slug]),
        about=f"tournament:{tournament_id}",
        also_who_did_it=True,
    )


def end_placed(user_id: int, tournament_id: int) -> None:
    """Take back a place that was corrected."""
    notifications.retract(kind=PLACED, recipient_ids=[user_id], about=f"tournament:{tournament_id}")


def tell_result(event: Event, user_id: int, match_id: int, *, won: bool) -> None:
    """Tell a player how a match ended for him."""
    match = Match.objects.select_related("tournament").filter(pk=match_id).first()
    if match is None:
        return
    won_text = gettext_noop("You won {match} in {tournament}.")
    lost_text = gettext_noop("You did not win {match} in {tournament}.")
    notifications.notify(
        event,
        [user_id],
        kind=RESULT,
        text=won_text if won else lost_text,
        values={"match": str(match), "tournament": match.tournament.name},
        url=reverse("web:match", args=[match.tournament.slug, match_id]),
        about=f"match:{match_id}",
        also_who_did_it=True,
    )


def end_result(user_id: int, match_id: int) -> None:
    """Take back what a match that was corrected told."""
    notifications.retract(kind=RESULT, recipient_ids=[user_id], about=f"match:{match_id}")
