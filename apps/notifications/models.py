"""What players are told, what of it goes out by e-mail, and what they want to be told."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications."""

    def standing(self) -> Self:
        """Leave out what was taken back."""
        return self.filter(retracted_at=None)

    def shown(self) -> Self:
        """Keep what stands and is for the page, not for the e-mail alone."""
        return self.standing().filter(is_shown=True)

    def unread(self) -> Self:
        """Keep what is shown and was not read."""
        return self.shown().filter(read_at=None)


class Notification(models.Model):
    """One line for one player about one event; a second time the event changes nothing.

    The text is kept as it was written in the code, with placeholders: `{actor}` becomes the name that the
    actor has when it is read, the others come from `values`.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    event_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=200)
    values = models.JSONField(default=dict, blank=True)
    # Where it leads; empty is the actor's page.
    url = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # What it is about, in the words of the app that sent it (`invitation:7`): by that it is taken back.
    about = models.CharField(max_length=80, blank=True)
    # What is told together: the same of one thing on one day. What stands by itself has its event's id.
    thread = models.CharField(max_length=150)
    # False: the player wants this kind by e-mail alone.
    is_shown = models.BooleanField(default=True)
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True, blank=True)
    retracted_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[NotificationQuerySet] = NotificationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "event_id"], name="notification_once"),
            models.CheckConstraint(condition=~models.Q(text=""), name="notification_says_something"),
            models.CheckConstraint(condition=~models.Q(thread=""), name="notification_has_a_thread"),
        ]
        indexes = [
            models.Index("recipient", models.F("id").desc(), name="notification_latest"),
            models.Index(
                fields=["recipient"],
                condition=models.Q(read_at=None, retracted_at=None, is_shown=True),
                name="notification_unread",
            ),
            models.Index(
                fields=["kind", "about"],
                condition=models.Q(retracted_at=None) & ~models.Q(about=""),
                name="notification_about",
            ),
            models.Index(fields=["recipient", "thread"], name="notification_thread"),
            models.Index("actor", "recipient", name="notification_between"),
            models.Index(fields=["created_at"], name="notification_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for user {self.recipient_id}"


class Preference(models.Model):
    """Where a player wants to be told of a kind; without a row it is as the kind declares."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    in_app = models.BooleanField()
    by_email = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.kind} for user {self.user_id}"


class Outcome(models.TextChoices):
    """What became of an e-mail."""

    WAITING = "WAITING"
    SENT = "SENT"
    # What it would say holds no longer, is no longer wanted, or there is no address that was verified.
    WITHHELD = "WITHHELD"
    # All attempts failed.
    FAILED = "FAILED"


class Hours(models.Model):
    """When a player wants his e-mails; without a row at once, at any time. What is urgent leaves at once."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    # A name of the IANA list; the hours are those of the clock there.
    time_zone = models.CharField(max_length=64, default="UTC")
    # All of a day in one e-mail, at `daily_at`.
    is_daily = models.BooleanField(default=False)
    daily_at = models.PositiveSmallIntegerField(default=8)
    # Nothing leaves from the one hour to the other, which may be of the next day.
    quiet_from = models.PositiveSmallIntegerField(null=True, blank=True)
    quiet_until = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "hours"
        constraints = [
            models.CheckConstraint(condition=models.Q(daily_at__lte=23), name="hours_daily_on_the_clock"),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__lte=23, quiet_until__lte=23)
                & ~models.Q(quiet_from=models.F("quiet_until")),
                name="hours_quiet_on_the_clock",
            ),
        ]

    def __str__(self) -> str:
        return f"hours of user {self.user_id}"


class Leaving(models.Model):
    """An e-mail that leaves once: when it is tried next, and what became of it."""

    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    note = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When it is tried next; who sends it now moves this on first, so that nobody else does.
    due_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome="WAITING", settled_at=None)
                | ~models.Q(outcome="WAITING") & models.Q(settled_at__isnull=False),
                name="%(class)s_settled_at_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(outcome="WAITING"), name="%(class)s_due"),
            models.Index(
                fields=["-settled_at"], condition=models.Q(outcome="FAILED"), name="%(class)s_failed"
            ),
        ]


class Digest(Leaving):
    """The e-mail with all of a player's day. There is one for each of his days, so no day has two."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    day = models.DateField()

    class Meta(Leaving.Meta):
        constraints = [
            *Leaving.Meta.constraints,
            models.UniqueConstraint(fields=["user", "day"], name="digest_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"e-mail of {self.day} for user {self.user_id}: {self.outcome}"


class Mail(Leaving):
    """A notification that goes out by e-mail, once. What it says is decided when it leaves.

    By itself, or in the digest of a day: then that is sent, and this says what became of its line.
    """

    notification = models.OneToOneField(
        Notification, on_delete=models.CASCADE, primary_key=True, related_name="mail"
    )
    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, null=True, blank=True, related_name="mails")

    class Meta(Leaving.Meta):
        pass

    def __str__(self) -> str:
        return f"e-mail of notification {self.pk}: {self.outcome}"
