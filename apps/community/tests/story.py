"""The community's chapter: posts, likes and comments, and what is taken back."""

from typing import Any

from apps.community.services import comments, likes, moderation, posts


def tell(cast: Any) -> None:
    """Let players write, like and comment, and one delete what he wrote."""
    ada, bela, carl = cast.ids("ada", "bela", "carl")
    first = posts.publish(author_id=ada, content="We won! Thanks @carl #duos")
    second = posts.publish(author_id=bela, content="For followers", visibility="followers")
    for user_id in (bela, carl):
        likes.like(post_id=first.pk, user_id=user_id)
    likes.unlike(post_id=first.pk, user_id=carl)
    comments.add(post_id=first.pk, author_id=bela, content="Well played, @ada")
    taken_back = comments.add(post_id=first.pk, author_id=carl, content="A word too much")
    comments.delete(comment_id=taken_back.pk, user_id=carl)
    posts.edit(post_id=first.pk, editor_id=ada, content="We won! Thanks @carl #duos #champions")
    likes.like(post_id=second.pk, user_id=ada)
    comments.add(post_id=second.pk, author_id=ada, content="Soon gone")
    spam = posts.publish(author_id=carl, content="Cheap coins!")
    moderation.report(reporter_id=ada, subject=f"post:{spam.pk}", reason="SPAM")
    moderation.decide(moderator_id=bela, subject=f"post:{spam.pk}", verb="HIDE", reason="SPAM")
    posts.delete(post_id=second.pk, user_id=bela)
