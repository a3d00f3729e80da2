"""Reports, and what moderators do about them.

A decision is one transaction: the action for ever, the restriction while it holds, the reports that it
answers, and the event. What is hidden is gone at the next read, because every read asks the restrictions.
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from apps.community.models import Action, Post, Reason, Report, Restriction, Verb
from apps.community.models.moderation import RESTRICTING, TEXT_CHARS_MAX
from apps.community.selectors import policy, standing
from apps.community.selectors.subjects import NoSuchSubject, Subject, subject_of
from apps.community.services import telling
from apps.community.signals import moderation_decided
from apps.user_profile.selectors.privacy import Part, Viewer, seen_by
from apps.user_profile.services import profiles

REPORTS_PER_DAY = 50
EXPIRED_A_TURN_MAX = 500
FOR_PLAYERS = frozenset({Verb.MUTE, Verb.SUSPEND, Verb.DISMISS, Verb.NOTE})


class MayNotWrite(ValidationError):
    """A moderator keeps the player from writing."""

    def __init__(self, restriction: Restriction) -> None:
        until = f"{restriction.due_at:%Y-%m-%d %H:%M} UTC" if restriction.due_at else ""
        text = "A moderator decided that you may not write here until %(until)s. Reason: %(reason)s."
        for_good = "A moderator decided that you may not write here. Reason: %(reason)s."
        reason = Reason(restriction.action.reason).label
        super().__init__(
            text if until else for_good, code="restricted", params={"until": until, "reason": reason}
        )


def may_see(user_id: int, subject: Subject) -> bool:
    """Tell whether a player sees what he reports."""
    if subject.post_id is not None:
        post = Post.objects.filter(pk=subject.post_id).first()
        return post is not None and policy.may_read(user_id, post)
    return Part.CARD in seen_by(Viewer(user_id), [subject.player_id])[subject.player_id].parts


@transaction.atomic
def report(*, reporter_id: int, subject: str, reason: str, text: str = "") -> Report:
    """Report something; while a report of the same waits, it is the same row.

    Raises NoSuchSubject, or ValidationError by field.
    """
    found = subject_of(subject)
    if found.player_id == reporter_id or not may_see(reporter_id, found):
        raise NoSuchSubject
    if reason not in Reason.values:
        raise ValidationError({"reason": f"Choose one of: {', '.join(Reason.values)}."})
    text = said(text, "text")
    profiles.lock(reporter_id)
    day = timezone.now() - timedelta(days=1)
    if Report.objects.filter(reporter_id=reporter_id, created_at__gt=day).count() >= REPORTS_PER_DAY:
        raise ValidationError({"__all__": f"{REPORTS_PER_DAY} reports a day are enough. Come back later."})
    return Report.objects.get_or_create(
        reporter_id=reporter_id,
        subject=found.name,
        closed_by=None,
        defaults={"player_id": found.player_id, "reason": reason, "text": text, "excerpt": found.text},
    )[0]


def said(text: str, field: str) -> str:
    """Return a short text as it is stored. Raises ValidationError."""
    text = text.strip()
    if len(text) > TEXT_CHARS_MAX or "\0" in text:
        raise ValidationError({field: f"Write at most {TEXT_CHARS_MAX} characters that can be read."})
    return text


@transaction.atomic
def decide(
    *,
    moderator_id: int,
    subject: str,
    verb: str,
    reason: str = "",
    note: str = "",
    due_at: datetime | None = None,
) -> Action:
    """Decide about a subject; what was in force of the same kind is replaced.

    Raises NoSuchSubject, or ValidationError by field.
    """
    found = subject_of(subject)
    checked(found, moderator_id, verb, reason, due_at)
    note = said(note, "note")
    profiles.lock(found.player_id)
    action = Action.objects.create(
        moderator_id=moderator_id,
        verb=verb,
        subject=found.name,
        player_id=found.player_id,
        reason=reason,
        note=note,
        due_at=due_at if verb in RESTRICTING else None,
    )
    if verb in RESTRICTING:
        restrict(found, action)
    if verb != Verb.NOTE:
        Report.objects.filter(subject=found.name, closed_by=None).update(closed_by=action)
    announce(action, found.post_id if verb == Verb.HIDE else None)
    return action


def checked(subject: Subject, moderator_id: int, verb: str, reason: str, due_at: datetime | None) -> None:
    """Raise ValidationError, by field, for a decision that cannot be."""
    if subject.player_id == moderator_id:
        raise ValidationError({"__all__": "Nobody decides about himself. Ask another moderator."})
    possible = FOR_PLAYERS if subject.kind == "player" else FOR_PLAYERS | {Verb.HIDE}
    if verb not in possible:
        raise ValidationError({"verb": "This cannot be done here. Choose another."})
    if verb in RESTRICTING and reason not in Reason.values:
        raise ValidationError({"reason": "Say why: the player is told."})
    if due_at is not None and due_at <= timezone.now():
        raise ValidationError({"due_at": "This is over already. Choose a time to come, or none."})


def restrict(subject: Subject, action: Action) -> None:
    """Let an action hold from now on."""
    is_hiding = action.verb == Verb.HIDE
    name = subject.name if is_hiding else f"player:{subject.player_id}"
    restriction, _ = Restriction.objects.update_or_create(
        subject=name,
        verb=action.verb,
        defaults={
            "action": action,
            "player_id": subject.player_id,
            "post_id": subject.id if is_hiding and subject.kind == "post" else None,
            "comment_id": subject.id if is_hiding and subject.kind == "comment" else None,
            "due_at": action.due_at,
        },
    )
    telling.end_hidden(restriction)


@transaction.atomic
def lift(*, moderator_id: int, restriction_id: int, note: str = "") -> Action:
    """End what is in force before its time. Raises NoSuchSubject."""
    note = said(note, "note")
    restriction = Restriction.objects.select_for_update().filter(pk=restriction_id).first()
    if restriction is None or restriction.player_id == moderator_id:
        raise NoSuchSubject
    return end(restriction, Verb.LIFT, moderator_id, note)


@transaction.atomic
def expire() -> int:
    """Tidy up what is over, and tell the players; return how many that were."""
    over = Restriction.objects.select_for_update(skip_locked=True).filter(due_at__lte=timezone.now())
    found = list(over.order_by("pk")[:EXPIRED_A_TURN_MAX])
    for restriction in found:
        end(restriction, Verb.EXPIRE, None, "")
    return len(found)


def end(restriction: Restriction, verb: Verb, moderator_id: int | None, note: str) -> Action:
    """Let a restriction hold no more."""
    action = Action.objects.create(
        moderator_id=moderator_id,
        verb=verb,
        subject=restriction.subject,
        player_id=restriction.player_id,
        reason=restriction.action.reason,
        note=note,
    )
    restriction.delete()
    announce(action, None)
    return action


@transaction.atomic(savepoint=False)
def announce(action: Action, post_id: int | None) -> None:
    """Say what was decided; of a note, nothing."""
    if action.verb != Verb.NOTE:
        moderation_decided.send(
            Action, user_id=action.player_id, action_id=action.pk, verb=str(action.verb), post_id=post_id
        )


def must_write(user_id: int) -> None:
    """Raise MayNotWrite for a player whom a moderator keeps from it. One query."""
    found = standing.bans_writing(user_id)
    if found is not None:
        raise MayNotWrite(found)


def forget(user_id: int) -> None:
    """Keep nothing of what somebody who is forgotten reported, nor of his texts in others' reports."""
    Report.objects.filter(reporter_id=user_id).delete()
    Report.objects.filter(player_id=user_id).update(excerpt="", text="")
