"""When a player's e-mails leave: once a day together, never in his quiet hours; by the clock where he is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.notifications.models import Digest, Hours, Outcome

DAY = timedelta(days=1)
LAST_HOUR = 23


@dataclass(frozen=True, slots=True)
class Times:
    """When a player wants his e-mails; without a word of his at once, at any time."""

    time_zone: str = "UTC"
    is_daily: bool = False
    daily_at: int = 8
    quiet_from: int | None = None
    quiet_until: int | None = None

    def at(self, day: date, hour: int) -> datetime:
        """Return when it is that hour of that day for him; one that the clock leaves out is after the gap."""
        return datetime.combine(day, time(hour), ZoneInfo(self.time_zone)).astimezone(UTC)

    def today(self, now: datetime) -> date:
        """Return what day it is for him."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()

    def next_digest(self, after: datetime) -> tuple[date, datetime]:
        """Return the day and the time of the next e-mail with all of a day."""
        day = self.today(after)
        while (moment := self.at(day, self.daily_at)) <= after:
            day += DAY
        return day, moment

    def quiet_until_at(self, now: datetime) -> datetime | None:
        """Return when his quiet hours are over, None when it is none of them."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        nights = timedelta(days=self.quiet_until < self.quiet_from)
        for day in (self.today(now) - DAY, self.today(now)):
            if self.at(day, self.quiet_from) <= now < (end := self.at(day + nights, self.quiet_until)):
                return end
        return None


@cache
def zones() -> list[str]:
    """Return the names of the time zones that a player may choose: places, and UTC. Read from files, once."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return ["UTC", *sorted(places)]


def times_of(user_id: int) -> Times:
    """Return when a player wants his e-mails. One query."""
    return times_of_all([user_id])[user_id]


def times_of_all(user_ids: list[int]) -> dict[int, Times]:
    """Return when each of these players wants his e-mails. One query."""
    rows = {row.user_id: row for row in Hours.objects.filter(user_id__in=user_ids)}
    return {user_id: times_in(rows[user_id]) if user_id in rows else Times() for user_id in user_ids}


def times_in(row: Hours) -> Times:
    """Return what a row says."""
    return Times(row.time_zone, row.is_daily, row.daily_at, row.quiet_from, row.quiet_until)


@transaction.atomic
def choose(user_id: int, wanted: Times) -> None:
    """Store when a player wants his e-mails; what waits for its day leaves as it was to.

    Raises ValidationError, by field.
    """
    check(wanted)
    Hours.objects.update_or_create(
        user_id=user_id,
        defaults={
            "time_zone": wanted.time_zone,
            "is_daily": wanted.is_daily,
            "daily_at": wanted.daily_at,
            "quiet_from": wanted.quiet_from,
            "quiet_until": wanted.quiet_until,
        },
    )


def check(wanted: Times) -> None:
    """Raise ValidationError, by field, for hours that cannot be."""
    wrong = {}
    if wanted.time_zone not in zones():
        wrong["time_zone"] = _("Choose a time zone of the list, as Europe/Berlin.")
    for name in ("daily_at", "quiet_from", "quiet_until"):
        hour = getattr(wanted, name)
        if hour is not None and not 0 <= hour <= LAST_HOUR:
            wrong[name] = _("An hour is a number from 0 to 23.")
    if (wanted.quiet_from is None) != (wanted.quiet_until is None):
        wrong["quiet_until"] = _("Quiet hours have a beginning and an end: choose both, or neither.")
    elif wanted.quiet_from is not None and wanted.quiet_from == wanted.quiet_until:
        wrong["quiet_until"] = _(
            "Quiet hours that end when they begin are none. Choose another end, or neither."
        )
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def digest_for(user_id: int, times: Times) -> Digest:
    """Return the next digest of a player that has not left, locked: what is put into it now goes with it."""
    moment = timezone.now()
    while True:
        day, moment = times.next_digest(moment)
        locked = Digest.objects.select_for_update(no_key=True)
        digest, _made = locked.get_or_create(user_id=user_id, day=day, defaults={"due_at": moment})
        if digest.outcome == Outcome.WAITING:
            return digest


@transaction.atomic
def forget(user_id: int) -> None:
    """Delete when a player who is forgotten wanted his e-mails, and that he got any."""
    Hours.objects.filter(user_id=user_id).delete()
    Digest.objects.filter(user_id=user_id).delete()
