"""The players' chapter: who they are, what they are called, and one who is forgotten."""

from typing import Any

from django.utils import timezone

from apps.events import erasure
from apps.games.models import Game
from apps.user_profile.models import User, UserAchievement
from apps.user_profile.services import accounts, achievement_digests, follows, passports, privacy, profiles


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
    connect(cast)
    UserAchievement.objects.create(user=bela, code="ICON", unlocked_at=timezone.now())
    achievement_digests.tell()
    passports.delete(user_id=gone.pk, game_id=game.pk)
    profiles.rename(user_id=gone.pk, display_name="Nobody")
    erasure.erase(gone.pk, by="story")


def connect(cast: Any) -> None:
    """Let the players follow, ask, answer, mute and block each other."""
    ada, bela, carl, dora, emil = cast.ids("ada", "bela", "carl", "dora", "emil")
    follows.follow(follower_id=bela, followed_id=ada)
    follows.follow(follower_id=carl, followed_id=ada)
    follows.follow(follower_id=ada, followed_id=bela)
    follows.unfollow(follower_id=carl, followed_id=ada)
    privacy.update(user_id=dora, is_private_account=True, show_teams=False, allow_team_invites="teammates")
    for follower_id in (ada, bela, carl):
        follows.follow(follower_id=follower_id, followed_id=dora)
    follows.approve(follower_id=ada, followed_id=dora)
    follows.reject(follower_id=bela, followed_id=dora)
    follows.cancel(follower_id=carl, followed_id=dora)
    for other_id in (carl, dora):
        follows.mute(user_id=emil, muted_id=other_id)
        follows.block(user_id=emil, blocked_id=other_id)
    follows.unmute(user_id=emil, muted_id=dora)
    follows.unblock(user_id=emil, blocked_id=dora)
