"""The roadmap's name for the question "who is this player in that game?"."""

from apps.user_profile.models import GameProfile, User


class GamePassportService:
    """Passports for other apps."""

    @staticmethod
    def get_passport_for_game(user: User | int, game_id: int) -> GameProfile | None:
        """Return the passport of a player (or a player's id) for a game; None without one. One query."""
        user_id = user if isinstance(user, int) else user.pk
        return GameProfile.objects.select_related("game").filter(user_id=user_id, game_id=game_id).first()

    @staticmethod
    def get_passports_for_game(user_ids: "list[int] | set[int]", game_id: int) -> dict[int, GameProfile]:
        """Return the passports that these players have for a game, by player. One query."""
        passports = GameProfile.objects.select_related("game").filter(user_id__in=user_ids, game_id=game_id)
        return {passport.user_id: passport for passport in passports}
