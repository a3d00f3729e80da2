"""Reports, what moderators decided, and what of it is in force."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.community.models.posts import player as to_player

TEXT_CHARS_MAX = 500


class Reason(models.TextChoices):
    """What is wrong."""

    SPAM = "SPAM", _("Spam or advertising")
    HARASSMENT = "HARASSMENT", _("Harassment or threats")
    HATE = "HATE", _("Hate")
    CHEATING = "CHEATING", _("Cheating, or selling it")
    IMPERSONATION = "IMPERSONATION", _("Somebody else's name or picture")
    ILLEGAL = "ILLEGAL", _("Against the law")
    OTHER = "OTHER", _("Something else")


class Verb(models.TextChoices):
    """What a moderator does. The first three hold until they are lifted or their time is over."""

    HIDE = "HIDE", _("Hide it")
    MUTE = "MUTE", _("Let the player write nothing")
    SUSPEND = "SUSPEND", _("Hide all that the player writes, and let him write nothing")
    DISMISS = "DISMISS", _("Nothing is wrong")
    NOTE = "NOTE", _("Only note something")
    LIFT = "LIFT", _("Lifted")
    EXPIRE = "EXPIRE", _("Its time was over")


RESTRICTING = (Verb.HIDE, Verb.MUTE, Verb.SUSPEND)


class Report(models.Model):
    """Somebody says that something is wrong. `excerpt` is what it said then: who edits it hides nothing.

    `subject` names what it is about, as `post:7`, `comment:3` or `player:5`; `player` is whose it is.
    """

    reporter = to_player(db_index=False)
    subject = models.CharField(max_length=30)
    player = to_player(db_index=False)
    reason = models.CharField(max_length=13, choices=Reason)
    text = models.CharField(max_length=TEXT_CHARS_MAX, blank=True)
    excerpt = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_by = models.ForeignKey(
        "community.Action", on_delete=models.PROTECT, null=True, blank=True, related_name="reports"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reporter", "subject"], condition=Q(closed_by=None), name="report_once"
            ),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="report_has_a_reason"),
        ]
        indexes = [
            models.Index(fields=["subject"], condition=Q(closed_by=None), name="report_open"),
            models.Index(fields=["reporter", "-id"], name="report_of_reporter"),
            models.Index(fields=["player", "-id"], name="report_of_player"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk} of {self.subject}"


class Action(models.Model):
    """Something that a moderator decided, or the clock (`moderator` is null). The rows are append-only."""

    moderator = to_player(null=True, blank=True, db_index=False)
    verb = models.CharField(max_length=8, choices=Verb)
    subject = models.CharField(max_length=30)
    player = to_player(db_index=False)
    reason = models.CharField(max_length=13, choices=Reason, blank=True)
    # For moderators alone; the player is told the reason.
    note = models.CharField(max_length=TEXT_CHARS_MAX, blank=True)
    # Until when it holds; null for good, or where nothing holds.
    due_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verb__in=Verb.values), name="action_verb_known"),
            models.CheckConstraint(
                condition=Q(due_at=None) | Q(verb__in=RESTRICTING), name="action_due_where_something_holds"
            ),
            models.CheckConstraint(
                condition=~Q(verb__in=RESTRICTING) | Q(reason__in=Reason.values), name="action_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["player", "-id"], name="action_of_player"),
            models.Index(fields=["subject", "-id"], name="action_of_subject"),
        ]
        permissions = [("moderate", "Can moderate the community")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


class RestrictionQuerySet(models.QuerySet["Restriction"]):
    """Restrictions."""

    def in_force(self) -> Self:
        """Keep those whose time is not over: the clock decides, not the job that tidies up."""
        return self.filter(Q(due_at=None) | Q(due_at__gt=timezone.now()))


class Restriction(models.Model):
    """What is in force of what was decided: a post or comment hidden, a player muted or suspended."""

    action = models.OneToOneField(Action, on_delete=models.PROTECT, related_name="restriction")
    verb = models.CharField(max_length=8, choices=Verb)
    subject = models.CharField(max_length=30)
    player = to_player(db_index=False)
    post = models.ForeignKey(
        "community.Post", on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    comment = models.ForeignKey(
        "community.Comment", on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    due_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[RestrictionQuerySet] = RestrictionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "verb"], name="restriction_once"),
            models.CheckConstraint(
                condition=Q(verb=Verb.HIDE, post__isnull=False, comment=None)
                | Q(verb=Verb.HIDE, post=None, comment__isnull=False)
                | Q(verb__in=[Verb.MUTE, Verb.SUSPEND], post=None, comment=None),
                name="restriction_of_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["post"], condition=Q(post__isnull=False), name="restriction_of_post"),
            models.Index(
                fields=["comment"], condition=Q(comment__isnull=False), name="restriction_of_comment"
            ),
            models.Index(fields=["player", "verb"], condition=~Q(verb="HIDE"), name="restriction_of_player"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="restriction_due"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
