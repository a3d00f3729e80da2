"""What can be reported and decided about: a post, a comment, a player."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError

from apps.community.models import Comment, Post
from apps.user_profile import selectors as players


class NoSuchSubject(ValidationError):
    """What is named is not there, or not for this player, which looks the same."""

    def __init__(self) -> None:
        super().__init__("This is not there any more.", code="gone")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reported or decided about: a post, a comment or a player."""

    kind: str
    id: int
    player_id: int
    text: str = ""
    post_id: int | None = None

    @property
    def name(self) -> str:
        """Return how it is stored: `post:7`."""
        return f"{self.kind}:{self.id}"


def subject_of(name: str) -> Subject:
    """Return what a name means. Raises NoSuchSubject."""
    kind, _, digits = name.partition(":")
    key = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else 0
    match kind:
        case "post" if post := Post.objects.filter(pk=key).first():
            return Subject(kind, key, post.author_id, post.content, key)
        case "comment" if comment := Comment.objects.filter(pk=key).first():
            return Subject(kind, key, comment.author_id, comment.content, comment.post_id)
        case "player" if key in players.cards([key]):
            return Subject(kind, key, key)
    raise NoSuchSubject
