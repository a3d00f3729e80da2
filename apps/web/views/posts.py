"""Posts: read, write, like, comment, edit, delete."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.community.selectors import posts
from apps.community.services import comments as comment_service
from apps.community.services import likes as like_service
from apps.community.services import posts as post_service
from apps.user_profile.selectors.privacy import viewer_of
from apps.web.forms.posts import CommentForm, EditForm, PostForm
from apps.web.views.signed_in import signed_in

TITLE_CHARS = 60


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def all_posts(request: HttpRequest) -> HttpResponse:
    """List what everybody may read, the latest first, or what of it has a tag; take a new post."""
    form = PostForm()
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        form = PostForm(request.POST, request.FILES)
        if form.is_valid() and published(request, form):
            messages.success(request, _("Posted."))
            return redirect(back(request, "web:posts"))
    tag = request.GET.get("tag", "").strip().lower().replace("\0", "")[: posts.TAG_CHARS_MAX]
    context = {
        "form": form,
        "tag": tag,
        "page": posts.tagged(viewer_of(request.user), tag, key(request, "before")),
        "section": "posts",
        "title": _("Posts tagged #%(tag)s") % {"tag": tag} if tag else _("Posts"),
        "description": _("What players write, the latest first."),
    }
    return render(request, "web/pages/posts/posts.html", context)


def published(request: HttpRequest, form: PostForm) -> bool:
    """Publish what the form says; tell whether it was accepted, else the form knows why."""
    try:
        post_service.publish(
            author_id=signed_in(request),
            content=form.cleaned_data["content"],
            visibility=form.cleaned_data["visibility"],
            uploads=form.uploads(),
        )
    except ValidationError as error:
        refuse(form, error, {"images": "image"})
        return False
    return True


def refuse(form: Any, error: ValidationError, names: dict[str, str] | None = None) -> None:
    """Let a form say what a service refused, each at its field."""
    found = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
    for name, said in found.items():
        field = (names or {}).get(name, name)
        for message in said:
            form.add_error(field if field in form.fields else None, message)


@never_cache
@require_safe
def player_posts(request: HttpRequest, username: str) -> HttpResponse:
    """List a player's posts, as far as they are for the viewer."""
    viewer = viewer_of(request.user)
    found = posts.posts_of(viewer, username, key(request, "before"))
    if found is None:
        raise Http404(username)
    if found.player.username != username:
        return redirect("web:player-posts", found.player.username)
    name = {"name": found.player.display_name}
    context = {
        "player": found.player,
        "page": found.page,
        "noindex": True,
        "title": _("Posts of %(name)s") % name,
        "description": _("What %(name)s writes on DeltaCrown.") % name,
    }
    return render(request, "web/pages/posts/player.html", context)


@never_cache
@require_safe
def post(request: HttpRequest, post_id: int) -> HttpResponse:
    """Show a post and what is said to it."""
    return shown(request, post_id, CommentForm())


def shown(request: HttpRequest, post_id: int, form: CommentForm) -> HttpResponse:
    """Show a post, and below it a comment that is being written."""
    viewer = viewer_of(request.user)
    found = posts.post(viewer, post_id)
    if found is None:
        raise Http404(post_id)
    context = {
        "post": found,
        "comments": posts.comments_of(viewer, found, key(request, "after") or 0),
        "form": form,
        "section": "posts",
        "noindex": found.visibility != "public",
        "title": _("%(name)s: %(text)s")
        % {
            "name": found.author.display_name,
            "text": found.preview[:TITLE_CHARS],
        },
        "description": found.preview,
        "og_type": "article",
    }
    return render(request, "web/pages/posts/post.html", context)


@login_required
@require_POST
def comment(request: HttpRequest, post_id: int) -> HttpResponse:
    """Take a comment."""
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            made = comment_service.add(
                post_id=valid(post_id), author_id=signed_in(request), content=form.cleaned_data["content"]
            )
        except post_service.NoSuchPost:
            return gone(request)
        except ValidationError as error:
            refuse(form, error)
        else:
            return redirect(f"{reverse('web:post', args=[post_id])}?after={made.pk - 1}#comment-{made.pk}")
    return shown(request, post_id, form)


@login_required
@require_POST
def delete_comment(request: HttpRequest, post_id: int, comment_id: int) -> HttpResponse:
    """Delete a comment."""
    try:
        comment_service.delete(comment_id=valid(comment_id), user_id=signed_in(request))
    except post_service.NoSuchPost:
        return gone(request)
    messages.success(request, _("The comment is deleted."))
    return redirect("web:post", post_id)


@login_required
@require_POST
def like(request: HttpRequest, post_id: int) -> HttpResponse:
    """Like a post, or no longer, and go back where the button was."""
    try:
        if request.POST.get("like") == "off":
            like_service.unlike(post_id=valid(post_id), user_id=signed_in(request))
        else:
            like_service.like(post_id=valid(post_id), user_id=signed_in(request))
    except post_service.NoSuchPost:
        return gone(request)
    return redirect(f"{back(request, 'web:post', post_id)}#post-{post_id}")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, post_id: int) -> HttpResponse:
    """Change the text of one's own post."""
    found = posts.post(viewer_of(request.user), post_id)
    if found is None or not found.is_own:
        raise Http404(post_id)
    form = EditForm(initial={"content": found.content})
    if request.method == "POST":
        form = EditForm(request.POST)
        if form.is_valid():
            try:
                post_service.edit(
                    post_id=post_id, editor_id=signed_in(request), content=form.cleaned_data["content"]
                )
            except ValidationError as error:
                refuse(form, error)
            else:
                return redirect("web:post", post_id)
    context = {
        "form": form,
        "post": found,
        "noindex": True,
        "title": _("Edit post"),
        "description": _("Change what your post says, or delete it."),
    }
    return render(request, "web/pages/posts/edit.html", context)


@login_required
@require_POST
def delete(request: HttpRequest, post_id: int) -> HttpResponse:
    """Delete one's own post."""
    try:
        post_service.delete(post_id=valid(post_id), user_id=signed_in(request))
    except post_service.NoSuchPost:
        return gone(request)
    messages.success(request, _("The post is deleted, with its comments and likes."))
    return redirect("web:posts")


@never_cache
@require_safe
def history(request: HttpRequest, post_id: int) -> HttpResponse:
    """Show its author what a post said before; moderators see it at the case."""
    found = posts.post(viewer_of(request.user), post_id)
    if found is None or not found.is_own:
        raise Http404(post_id)
    context = {
        "post": found,
        "revisions": posts.revisions_of(found),
        "noindex": True,
        "title": _("Earlier versions"),
        "description": _("What this post said before it was edited."),
    }
    return render(request, "web/pages/posts/history.html", context)


def gone(request: HttpRequest) -> HttpResponse:
    """Say that a post is not there any more, and go where there are others."""
    messages.error(request, _("This post is not there any more."))
    return redirect("web:posts")


def valid(key: int) -> int:
    """Return a key that a row can have; another finds nothing."""
    return key if key <= posts.ID_MAX else 0


def key(request: HttpRequest, name: str) -> int | None:
    """Return the key of a page; one that cannot be is that of the first."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def back(request: HttpRequest, otherwise: str, *args: Any) -> str:
    """Return where the button was that was pressed."""
    url = request.POST.get("next", "")
    safe = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if safe else reverse(otherwise, args=args)
