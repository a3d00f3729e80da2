"""Tournaments that have not begun, and who has or has no passport of their game any more."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from apps.events import Event
from apps.notifications.kinds import Category, declare
from apps.notifications.services import notifications
from apps.tournaments.models import HOLDING, Status, Tournament, TournamentEntry
from apps.tournaments.services import results

KIND = declare("tournament_open", Category.TOURNAMENT, gettext_lazy("You can enter a tournament"))


def tell(event: Event, user_id: int, game_id: int) -> None:
    """Tell a player of the tournaments of a game that he may enter: of one by name, of more how many."""
    entered = Tournament.objects.filter(participants__user_id=user_id).values("pk")
    found = list(Tournament.objects.filter(game_id=game_id, status=Status.UPCOMING).exclude(pk__in=entered))
    if not found:
        return
    values: dict[str, str | int] = {"tournament": found[0].name}
    text = gettext_noop("You can enter {tournament} now")
    url = reverse("web:tournament", args=[found[0].slug])
    if len(found) > 1:
        values = {"count": len(found)}
        text, url = gettext_noop("You can enter {count} tournaments now"), reverse("web:tournaments")
    notifications.notify(event, [user_id], kind=KIND, text=text, url=url, values=values)


@transaction.atomic
def withdraw(user_id: int, game_id: int) -> None:
    """Withdraw a player who entered alone from tournaments of a game that have not begun.

    Tournaments hold the passports of their players, so this comes with the end of an account; the player of a
    team stays in its entry.
    """
    entries = TournamentEntry.objects.filter(
        user_id=user_id,
        status__in=HOLDING,
        tournament__game_id=game_id,
        tournament__status=Status.UPCOMING,
    )
    for entry_id in entries.order_by("tournament_id").values_list("pk", flat=True):
        results.leave(entry_id=entry_id)
