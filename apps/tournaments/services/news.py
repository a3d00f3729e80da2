"""What players are told of tournaments."""

from django.urls import reverse
from django.utils.translation import gettext_noop

from apps.events import Event
from apps.notifications.services import notifications
from apps.tournaments.models import Registration, Tournament

ENTRY = "tournament_entry"
ANSWERS = {
    Registration.CONFIRMED: gettext_noop("You are in: {tournament}."),
    Registration.WAITLISTED: gettext_noop("You are on the waiting list: {tournament}."),
    Registration.REJECTED: gettext_noop("Your registration was not admitted: {tournament}."),
}
PROMOTED = gettext_noop("A place became free and is yours: {tournament}.")


def tell_answered(event: Event, user_id: int, tournament_id: int, status: str) -> None:
    """Tell a player what became of his registration."""
    tell_of_entry(event, user_id, tournament_id, ANSWERS[Registration(status)])


def tell_promoted(event: Event, user_id: int, tournament_id: int) -> None:
    """Tell a player that he has a place now."""
    tell_of_entry(event, user_id, tournament_id, PROMOTED)


def tell_of_entry(event: Event, user_id: int, tournament_id: int, text: str) -> None:
    """Tell a player where his registration stands now; what he was told of it before is taken back."""
    tournament = Tournament.objects.get(pk=tournament_id)
    about = f"tournament:{tournament_id}"
    notifications.retract(kind=ENTRY, recipient_ids=[user_id], about=about)
    notifications.notify(
        event,
        [user_id],
        kind=ENTRY,
        text=text,
        values={"tournament": tournament.name},
        url=reverse("web:registration", args=[tournament.slug]),
        about=about,
    )
