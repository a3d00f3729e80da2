"""Messages by the Standard Webhooks specification: `{type, timestamp, data}`, signed."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from apps.user_profile.selectors import PlayerCard
from apps.webhooks import offers
from apps.webhooks.messages.facts import Facts, Happening, absolute, achievement
from apps.webhooks.models import Endpoint
from apps.webhooks.sending.exchange import Message

USER_AGENT = "DeltaCrown-Webhooks/1.0"


def body(facts: Facts, happening: Happening, endpoint: Endpoint | None = None) -> str:
    """Return the body of a message, to the byte as it is signed; without an endpoint it is an example."""
    told = message(facts, happening, endpoint)
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def message(facts: Facts, happening: Happening, endpoint: Endpoint | None = None) -> dict[str, Any]:
    """Return what is told of an event: its type, its time, its data, and whether it is a test."""
    told: dict[str, Any] = {
        "type": happening.type,
        "timestamp": timestamp(happening.occurred_at),
        "data": data(facts, happening, endpoint),
    }
    if happening.is_test:
        told["test"] = True
    return told


def data(facts: Facts, happening: Happening, endpoint: Endpoint | None) -> dict[str, Any]:
    """Return what is told of an event: its arguments, with names where the log has ids."""
    if happening.type == "achievement_unlocked":
        return achievement_data(facts, happening)
    if happening.type == "stats_updated":
        return stats_data(facts, happening, endpoint)
    return plain_data(facts, happening)


def achievement_data(facts: Facts, happening: Happening) -> dict[str, Any]:
    """Return an achievement as receivers expect it: who reached what, and when."""
    code = happening.args["achievement_code"]
    title, description, _rarity = achievement(code)
    return {
        "event": happening.type,
        "user": player(facts.card(happening, happening.args["user_id"])),
        "achievement": {"code": code, "title": title, "description": description},
        "timestamp": timestamp(happening.occurred_at),
    }


def stats_data(facts: Facts, happening: Happening, endpoint: Endpoint | None) -> dict[str, Any]:
    """Return a player's figures as receivers expect them, as they are now; what is hidden is null."""
    user_id = happening.args["user_id"]
    card = facts.card(happening, user_id)
    figures = facts.figures_for(endpoint, happening, user_id)
    return {
        "event": happening.type,
        "user": {"username": card.username, "display_name": card.display_name},
        "stats": {
            "tournaments_played": figures.tournaments_played,
            "matches_won": figures.matches_won,
            "current_rank": figures.current_rank,
        },
    }


def plain_data(facts: Facts, happening: Happening) -> dict[str, Any]:
    """Return the arguments of an event; `user_id` becomes `user`, `team_id` becomes `team`."""
    event = offers.OFFERED[happening.type]
    payload = event.stored_model(**happening.args).model_dump(mode="json")
    kinds = {each.argument: each.kind for each in offers.arguments(event)}
    told: dict[str, Any] = {"event": happening.type}
    for name, value in payload.items():
        kind = kinds.get(name)
        told[name.removesuffix("_id") if kind else name] = thing(facts, happening, kind, value)
    return told


def thing(facts: Facts, happening: Happening, kind: str | None, value: Any) -> Any:
    """Return a player, a team or a tournament as it is called now; anything else as it is."""
    if kind is None or value is None:
        return value
    if kind == "user":
        return player(facts.card(happening, value))
    named = facts.named(happening, kind, value)
    return named and {"name": named.name, "slug": named.slug}


def player(card: PlayerCard) -> dict[str, Any]:
    """Return a player."""
    return {
        "username": card.username,
        "display_name": card.display_name,
        "avatar_url": absolute(card.avatar_url),
    }


def timestamp(moment: datetime) -> str:
    """Return a time as RFC 3339 writes it, in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def signed(*, url: str, secrets: Iterable[str], message_id: str, body: str) -> Message:
    """Return a message that is signed now with every secret that is in force."""
    now = datetime.now(UTC).replace(microsecond=0)
    return Message("POST", url, headers(secrets, message_id, now, body), body)


def headers(secrets: Iterable[str], message_id: str, now: datetime, body: str) -> Mapping[str, str]:
    """Return the headers of the specification."""
    signatures = " ".join(Webhook(secret).sign(message_id, now, body) for secret in secrets)
    return {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signatures,
    }
