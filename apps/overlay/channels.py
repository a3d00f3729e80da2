"""What an overlay watches. It goes out to everybody, so it shows what anybody may see, also to its owner."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from apps.live.channels import Noted, Refused, Request, State, Watch, door
from apps.overlay import options, samples, selectors
from apps.overlay.layouts import LAYOUTS, Subject
from apps.overlay.models import Overlay
from apps.overlay.options import BadOptions, Options

# A test that came while nobody watched is not shown later than this.
TEST_SHOWN_WITHIN = timedelta(seconds=30)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class OverlayChannel:
    """A layout of a player or a tournament. All overlays that show the same are one channel."""

    subject: Subject
    layout: str
    fields: tuple[str, ...]

    @property
    def hears(self) -> frozenset[str]:
        """Whose events change it."""
        return LAYOUTS[self.layout].hears(self.subject)

    def facts(self) -> Any:
        """Return how things stand: ids and numbers."""
        return LAYOUTS[self.layout].facts(self.subject)

    def show(self, facts: Any) -> State:
        """Return what is shown of it, under the names and the privacy of now."""
        return LAYOUTS[self.layout].show(self.subject, facts, self.fields)


@dataclass(frozen=True)
class OverlayTicket:
    """The address of an overlay: it can be revoked, and its owner can try it."""

    overlay_id: int
    options: Options

    @property
    def hears(self) -> frozenset[str]:
        """Whether it was revoked or tried."""
        return frozenset({f"overlay:{self.overlay_id}"})

    def look(self, seen: str) -> Noted | None:
        """Return the test that its owner asked for; None when it is revoked."""
        overlay = Overlay.objects.in_force().filter(pk=self.overlay_id).first()
        if overlay is None:
            return None
        tested_at = overlay.tested_at or NEVER
        is_news = tested_at.isoformat() != seen and timezone.now() - tested_at < TEST_SHOWN_WITHIN
        said = samples.message(overlay, self.options) if is_news else None
        return Noted(tested_at.isoformat(), said)


def channel_of(overlay: Overlay, asked: Options) -> OverlayChannel:
    """Return what an overlay watches."""
    kind = "player" if overlay.player_id else "tournament"
    subject = Subject(kind, overlay.player_id or overlay.tournament_id or 0)
    return OverlayChannel(subject, asked.layout, asked.fields)


@door("overlay")
def watch(request: Request) -> Watch:
    """Watch what the overlay of a secret shows. Raises Refused."""
    overlay = selectors.by_secret(request.rest)
    if overlay is None:
        raise Refused(404, "There is no such overlay, or it was revoked.")
    try:
        asked = options.read(request.query, overlay)
    except BadOptions as bad:
        raise Refused(400, str(bad)) from None
    return Watch(channel_of(overlay, asked), asked.delay_s, OverlayTicket(overlay.pk, asked))
