"""What stays of passports beside them: names of before, waiting times, and tournaments that hold them."""

from datetime import datetime

from django.db import models

from apps.user_profile.models.follow import player


class PassportAlias(models.Model):
    """A name that a player had in a game, and when. It stays when the passport goes."""

    user = player()
    game = models.ForeignKey("games.Game", on_delete=models.PROTECT, related_name="+")
    ign = models.CharField(max_length=64)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "passport aliases"
        indexes = [models.Index(fields=["user", "game", "-until"], name="passportalias_latest")]

    def __str__(self) -> str:
        return self.ign


class PassportCooldown(models.Model):
    """When a player who gave up the passport of a game may add another.

    No foreign keys: the row is written also while the account itself is being deleted.
    """

    user_id = models.BigIntegerField()
    game_id = models.BigIntegerField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "game_id"], name="passportcooldown_once")]

    def __str__(self) -> str:
        return f"user {self.user_id} in game {self.game_id} until {self.until}"

    @classmethod
    def begin(cls, user_id: int, game_id: int, until: datetime) -> None:
        """Let a player wait until then."""
        cls.objects.update_or_create(user_id=user_id, game_id=game_id, defaults={"until": until})

    @classmethod
    def until_of(cls, user_id: int, game_id: int) -> datetime | None:
        """Return until when a player waits, if he ever did."""
        return cls.objects.filter(user_id=user_id, game_id=game_id).values_list("until", flat=True).first()


class PassportHold(models.Model):
    """A tournament that is not over and in which a player is registered, as tournaments announced it.

    Kept inside the transaction that registers him or ends the tournament.
    """

    user = player(db_index=False)
    game_id = models.BigIntegerField()
    tournament_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "tournament_id"], name="passporthold_once"),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} in tournament {self.tournament_id}"

    @classmethod
    def exists_for(cls, user_id: int, game_id: int) -> bool:
        """Tell whether a tournament of the game holds a player's passport."""
        return cls.objects.filter(user_id=user_id, game_id=game_id).exists()
