"""What staff saw that was hidden from others, for the audit."""

from django.db.models import QuerySet

from apps.user_profile.models import StaffLook


def looks(*, staff_id: int | None = None, user_id: int | None = None) -> QuerySet[StaffLook]:
    """Return the looks of one member of staff, or at one player, or all."""
    asked = {"staff_id": staff_id, "user_id": user_id}
    return StaffLook.objects.filter(**{name: value for name, value in asked.items() if value is not None})
