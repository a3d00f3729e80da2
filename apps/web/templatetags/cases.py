"""Words for moderation: where a case is, and who did it."""

from collections.abc import Mapping

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.user_profile.selectors.players import PlayerCard

register = template.Library()


@register.simple_tag
def case_url(subject: str) -> str:
    """Return the address of a subject's case."""
    kind, _colon, key = subject.partition(":")
    return reverse("web:case", args=[kind, int(key)])


@register.simple_tag
def named(cards: Mapping[int, PlayerCard], user_id: int | None) -> str:
    """Return who did it; the clock where it was nobody."""
    if user_id is None:
        return _("By the clock")
    return cards[user_id].display_name if user_id in cards else _("Somebody")
