"""The form that chooses a leaderboard."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.games.selectors import all_games
from apps.gamification.selectors import Board
from apps.web.words.countries import country_choices


class BoardForm(forms.Form):
    """Which leaderboard is wanted; nothing chosen is everybody."""

    game = forms.ChoiceField(label=_("Game"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    following = forms.BooleanField(label=_("Players I follow"), required=False)

    def __init__(self, *args: Any, signed_in: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.games = {game.slug: game for game in all_games()}
        named = [(slug, game.name) for slug, game in self.games.items()]
        choice_of(self.fields["game"]).choices = [("", _("All games")), *named]
        choice_of(self.fields["country"]).choices = [("", _("All countries")), *country_choices()[1:]]
        if not signed_in:
            del self.fields["following"]

    def board(self, user_id: int | None) -> Board:
        """Return what was chosen; what is no choice filters nothing."""
        chosen = self.cleaned_data if self.is_valid() else {}
        game = self.games.get(chosen.get("game", ""))
        return Board(
            game_id=game.pk if game else None,
            country=chosen.get("country", ""),
            followed_by=user_id if chosen.get("following") else None,
        )


def choice_of(field: forms.Field) -> forms.ChoiceField:
    """Return a field that is known to be one of choices."""
    assert isinstance(field, forms.ChoiceField)
    return field
