"""May this viewer read this post? Its author's privacy decides, asked of the source rows at every answer.

What moderators have hidden nobody reads. Staff read posts as everybody does: what was reported, moderators
see in the queue of reports.
"""

from apps.community.models import Post, Visibility
from apps.community.selectors import standing
from apps.user_profile.selectors.privacy import Part, Seen, Standing, Viewer, seen_by


def reads(seen: Seen, visibility: str) -> bool:
    """Tell whether a viewer who sees so much of a player reads his posts of this visibility."""
    if seen.is_own:
        return True
    if seen.is_blocked or Part.CARD not in seen.parts:
        return False
    match visibility:
        case Visibility.PUBLIC:
            return Part.PROFILE in seen.parts
        case Visibility.FOLLOWERS:
            return seen.is_followed or seen.standing is Standing.FOLLOWER
        case Visibility.TEAM:
            return seen.is_teammate or seen.standing is Standing.TEAMMATE
    return False


def may_read(user_id: int, post: Post) -> bool:
    """Tell whether a player may read a post. Two queries."""
    if Post.objects.filter(standing.hidden_posts(), pk=post.pk).exists():
        return False
    return reads(seen_by(Viewer(user_id), [post.author_id])[post.author_id], post.visibility)
