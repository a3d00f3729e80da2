"""The players' chapter: who they are, what they are called, and one who is forgotten."""

from typing import Any

from apps.events import erasure
from apps.games.models import Game
from apps.user_profile.models import User
from apps.user_profile.services import accounts, passports, profiles


def tell(cast: Any) -> None:
    """Sign players up, give them passports, let them change what they can."""
    for username in ("ada", "bela", "carl", "dora", "emil", "fred", "gone"):
        cast.players[username] = accounts.sign_up(username=username, display_name=username.title())
    for user in User.objects.bulk_create([User(username="hana"), User(username="ivan")]):
        cast.players[user.username] = user
    cast.things["game"] = game = Game.objects.get(slug="call-of-duty")
    for username, user in cast.players.items():
        passports.add(user_id=user.pk, game_id=game.pk, ign=f"{username} the great")
    ada, bela, gone = (cast.players[username] for username in ("ada", "bela", "gone"))
    passports.update(user_id=ada.pk, game_id=game.pk, current_rank="Iridescent")
    profiles.rename(user_id=ada.pk, display_name="Ada II")
    profiles.rename(user_id=ada.pk, display_name="Ada III")
    profiles.update(user_id=bela.pk, bio="Plays to win.", country="HU", avatar="avatars/bela.png")
    bela.username = "bela2"
    bela.save()
    passports.delete(user_id=gone.pk, game_id=game.pk)
    profiles.rename(user_id=gone.pk, display_name="Nobody")
    erasure.erase(gone.pk, by="story")
