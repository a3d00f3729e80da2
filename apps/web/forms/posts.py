"""What a player writes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.community.selectors.posts import COMMENT_CHARS_MAX, POST_CHARS_MAX
from apps.web.forms.profile import ACCEPTED

VISIBILITIES = [
    ("public", _("Everybody")),
    ("followers", _("Your followers")),
    ("team", _("Your teammates")),
]


class PostForm(forms.Form):
    """A new post; whether it can be is the service's to say, and it says it by field."""

    content = forms.CharField(
        label=_("What is new?"),
        strip=False,
        max_length=POST_CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Markdown works: **bold**, lists, links. #tags and @names become links."),
    )
    image = forms.FileField(
        label=_("Picture"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )
    alt = forms.CharField(label=_("What the picture shows"), required=False, max_length=300)
    visibility = forms.ChoiceField(label=_("For whom"), choices=VISIBILITIES, initial="public")

    def uploads(self) -> list[tuple[Any, str]]:
        """Return the picture, if there is one, with what it shows."""
        image = self.cleaned_data["image"]
        return [(image, self.cleaned_data["alt"])] if image else []


class EditForm(forms.Form):
    """The text of a post, again."""

    content = forms.CharField(
        label=_("Text"),
        strip=False,
        max_length=POST_CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("You find what it said before under “edited”; so do moderators."),
    )


class CommentForm(forms.Form):
    """A comment."""

    content = forms.CharField(
        label=_("Your comment"),
        strip=False,
        max_length=COMMENT_CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
