"""What a player says about himself."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.user_profile.services import pictures
from apps.user_profile.services.names import BIO_CHARS_MAX, DISPLAY_NAME_CHARS_MAX
from apps.web.words.countries import country_choices

ACCEPTED = ",".join(f"image/{kind.lower()}" for kind in pictures.FORMATS)


class ProfileForm(forms.Form):
    """Name, picture and texts; whether they can be is the service's to say, and it says it by field."""

    display_name = forms.CharField(
        label=_("Display name"),
        max_length=DISPLAY_NAME_CHARS_MAX,
        help_text=_("As it stands on rosters and brackets. It changes there at once."),
    )
    avatar = forms.FileField(
        label=_("Picture"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=_(
            "JPEG, PNG or WebP, up to 5 MB. It is cut to a square; nothing else of the file is kept."
        ),
    )
    remove_avatar = forms.BooleanField(label=_("Remove the picture"), required=False)
    bio = forms.CharField(
        label=_("About you"),
        required=False,
        max_length=BIO_CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    country = forms.ChoiceField(label=_("Country"), required=False, choices=country_choices)
