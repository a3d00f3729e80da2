"""Write the messages of claimed deliveries, at the moment they leave: privacy and names are those of now."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.webhooks import offers
from apps.webhooks.limits import BODY_BYTES_MAX
from apps.webhooks.messages import discord, standard
from apps.webhooks.messages.facts import Facts, Happening, gather
from apps.webhooks.models import Delivery, Outcome
from apps.webhooks.sending.exchange import Message
from apps.webhooks.services.claims import Claim
from apps.webhooks.services.results import Result

PRUNED = "The event is not in the log any more."
HIDDEN = "Somebody in it does not show this."
TOO_LONG = "It would be longer than 20 kB."
SAID = "The channel says so already."
NOTHING = "What it is about is gone."


@dataclass(frozen=True, slots=True)
class Ready:
    """A message that may leave, and what becomes of the delivery's own columns when it arrives."""

    claim: Claim
    message: Message
    # Whether the endpoint's last message did not arrive.
    is_doubtful: bool = False
    # Whether the endpoint wants the next message only when this one has arrived.
    is_ordered: bool = False
    about: str = ""
    digest: str = ""
    message_id: str = ""


def write(claims: Sequence[Claim]) -> tuple[list[Ready], list[Result]]:
    """Return what leaves, and what was decided without anything leaving."""
    facts = gather(claims)
    ready: list[Ready] = []
    decided: list[Result] = []
    for claim in claims:
        written = write_one(claim, facts)
        (ready if isinstance(written, Ready) else decided).append(written)  # type: ignore[arg-type]
    return ready, decided


def write_one(claim: Claim, facts: Facts) -> Ready | Result:
    """Write one message."""
    endpoint, happening = claim.endpoint, facts.happenings.get(claim.event_id)
    if happening is None:
        return withheld(claim, PRUNED)
    if endpoint.is_discord:
        return write_discord(claim, facts, happening)
    if facts.hides(endpoint, happening):
        return withheld(claim, HIDDEN)
    body = standard.body(facts, happening, endpoint)
    if len(body.encode()) > BODY_BYTES_MAX:
        return withheld(claim, TOO_LONG)
    # The same at every try, also when it is sent again by hand: receivers know by it what they have.
    message_id = str(claim.event_id)
    signed = standard.signed(url=endpoint.url, secrets=endpoint.secrets(), message_id=message_id, body=body)
    return Ready(claim, signed, endpoint.failures > 0, endpoint.is_ordered)


def write_discord(claim: Claim, facts: Facts, happening: Happening) -> Ready | Result:
    """Write a message for a channel, or the edit of one that is there."""
    endpoint = claim.endpoint
    if happening.type in offers.PERSONAL and facts.hides(endpoint, happening):
        return withheld(claim, HIDDEN)
    post = discord.compose(facts, happening)
    if post is None:
        return withheld(claim, NOTHING)
    body = discord.body(post, endpoint)
    digest = discord.digest(body)
    same = Delivery.objects.filter(endpoint=endpoint, about=post.about).exclude(message_id="")
    earlier = same.order_by("-id").values_list("message_id", "digest").first()
    if earlier and earlier[1] == digest:
        return Result(
            claim.id, endpoint.pk, outcome=Outcome.DELIVERED, note=SAID,
            about=post.about, message_id=earlier[0], digest=digest,
        )  # fmt: skip
    message_id = earlier[0] if earlier else ""
    message = discord.message(endpoint.url, body, message_id=message_id)
    return Ready(
        claim, message, endpoint.failures > 0, endpoint.is_ordered,
        about=post.about, digest=digest, message_id=message_id,
    )  # fmt: skip


def withheld(claim: Claim, why: str) -> Result:
    """Return that nothing leaves, and why."""
    return Result(claim.id, claim.endpoint.pk, outcome=Outcome.WITHHELD, note=why)
