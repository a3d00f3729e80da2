"""What players are told of tournaments."""

from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from apps.events import Event
from apps.notifications.kinds import Category, declare
from apps.notifications.services import notifications
from apps.tournaments.models import Match, Registration, Tournament
from apps.tournaments.selectors.matches import label

ENTRY = declare(
    "tournament_entry",
    Category.TOURNAMENT,
    gettext_lazy("Something about your registration"),
    by_email=True,
    urgent=True,
)
ANSWERS = {
    Registration.CONFIRMED: gettext_noop("You are in: {tournament}."),
    Registration.WAITLISTED: gettext_noop("You are on the waiting list: {tournament}."),
    Registration.REJECTED: gettext_noop("Your registration was not admitted: {tournament}."),
    Registration.NO_SHOW: gettext_noop("You did not check in and lost your place: {tournament}."),
}
CHECK_IN = {
    False: gettext_noop("Check-in is open: {tournament}."),
    True: gettext_noop("Check-in is about to close, and you are not checked in: {tournament}."),
}
MATCH = declare(
    "tournament_match",
    Category.TOURNAMENT,
    gettext_lazy("A match of yours waits for you"),
    by_email=True,
    urgent=True,
)
REGISTERED = gettext_noop("You are registered: {tournament}.")
PROMOTED = gettext_noop("A place became free and is yours: {tournament}.")


def tell_answered(event: Event, user_id: int, tournament_id: int, status: str) -> None:
    """Tell a player what became of his registration."""
    tell_of_entry(event, user_id, tournament_id, ANSWERS[Registration(status)])


def tell_registered(event: Event, user_id: int, tournament_id: int) -> None:
    """Tell a player that he is registered, also when his captain did it."""
    tell_of_entry(event, user_id, tournament_id, REGISTERED)


def tell_promoted(event: Event, user_id: int, tournament_id: int) -> None:
    """Tell a player that he has a place now."""
    tell_of_entry(event, user_id, tournament_id, PROMOTED)


def tell_of_entry(event: Event, user_id: int, tournament_id: int, text: str) -> None:
    """Tell a player where his registration stands now; what he was told of it before is taken back."""
    tournament = Tournament.objects.filter(pk=tournament_id).first()
    if tournament is None:
        return
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


def tell_of_check_in(event: Event, user_id: int, tournament_id: int, *, again: bool) -> None:
    """Ask a player to check in."""
    tell_of_entry(event, user_id, tournament_id, CHECK_IN[again])


MATCHES = {
    "tournament_match_ready": gettext_noop("Your match can be played: {tournament}, {match}."),
    "tournament_match_reported": gettext_noop(
        "Your opponent reported a result, confirm it: {tournament}, {match}."
    ),
    "tournament_result_confirmed": gettext_noop("The result of your match holds: {tournament}, {match}."),
    "tournament_dispute_opened": gettext_noop("A match is in dispute: {tournament}, {match}."),
    "tournament_dispute_decided": gettext_noop("The dispute is decided: {tournament}, {match}."),
}


def tell_of_match(event: Event, user_id: int, match_id: int) -> None:
    """Tell a player where his match stands; only the last word about it is kept."""
    match = Match.objects.select_related("tournament").filter(pk=match_id).first()
    if match is None:
        return
    about = f"match:{match_id}"
    notifications.retract(kind=MATCH, recipient_ids=[user_id], about=about)
    notifications.notify(
        event,
        [user_id],
        kind=MATCH,
        text=MATCHES[event.type],
        values={"tournament": match.tournament.name, "match": label(match)},
        url=reverse("web:match-room", args=[match.tournament.slug, match_id]),
        about=about,
    )
