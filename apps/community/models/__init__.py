"""What players write, like and say to it, and what moderators do about it."""

from apps.community.models.moderation import Action, Reason, Report, Restriction, Verb
from apps.community.models.posts import (
    COMMENT_CHARS_MAX,
    POST_CHARS_MAX,
    TAG_CHARS_MAX,
    Comment,
    Like,
    Post,
    PostCounts,
    PostImage,
    PostTag,
    Revision,
    Visibility,
    moment,
)

__all__ = [
    "COMMENT_CHARS_MAX",
    "POST_CHARS_MAX",
    "TAG_CHARS_MAX",
    "Action",
    "Comment",
    "Like",
    "Post",
    "PostCounts",
    "PostImage",
    "PostTag",
    "Reason",
    "Report",
    "Restriction",
    "Revision",
    "Verb",
    "Visibility",
    "moment",
]
