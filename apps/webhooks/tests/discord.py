"""A stand-in for Discord that enforces the documented limits of webhooks."""

import json
from dataclasses import dataclass, field
from typing import Any

from apps.webhooks.testing import Received, Receiver

CHANNEL = "/api/webhooks/123456/to-Ken_1"
MENTIONS = {"everyone", "users", "roles"}


def refusal(message: dict[str, Any]) -> str | None:
    """Return why Discord would refuse a message, by https://docs.discord.com/developers/resources/message."""
    embeds = message.get("embeds", [])
    mentions = message.get("allowed_mentions")
    if not message.get("content", "").strip() and not embeds:
        return "cannot send an empty message"
    checks = [
        ("content", len(message.get("content", "")) <= 2000),
        ("embeds", len(embeds) <= 10),
        ("total", sum(map(size, embeds)) <= 6000),
        ("allowed_mentions", isinstance(mentions, dict) and set(mentions["parse"]) <= MENTIONS),
        ("username", not {"clyde", "discord"} & set(message.get("username", "x").lower().split())),
        ("username", 1 <= len(message.get("username", "x")) <= 80),
        *[check for embed in embeds for check in checks_of(embed)],
    ]
    return next((name for name, good in checks if not good), None)


def checks_of(embed: dict[str, Any]) -> list[tuple[str, bool]]:
    fields = embed.get("fields", [])
    return [
        ("title", 1 <= len(embed["title"].strip()) <= 256),
        ("description", len(embed.get("description", "")) <= 4096),
        ("footer", len(embed.get("footer", {}).get("text", "")) <= 2048),
        ("fields", len(fields) <= 25),
        *[("field name", 1 <= len(each["name"].strip()) <= 256) for each in fields],
        *[("field value", 1 <= len(each["value"].strip()) <= 1024) for each in fields],
    ]


def size(embed: dict[str, Any]) -> int:
    """Return what of an embed counts."""
    texts = [embed["title"], embed.get("description", ""), embed.get("footer", {}).get("text", "")]
    texts += [each[key] for each in embed.get("fields", []) for key in ("name", "value")]
    return sum(len(text.strip()) for text in texts)


@dataclass
class Discord(Receiver):
    """One channel: its messages by id, and how many more it takes before it wants to rest."""

    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    edits: int = 0
    refused: int = 0
    bucket: int = 10_000

    def answer(self) -> tuple[int, dict[str, str], str]:
        """Answer as Discord does."""
        if self.answers:
            return self.answers.pop(0)
        received = self.received[-1]
        if self.bucket <= 0:
            self.refused += 1
            return 429, {}, json.dumps({"retry_after": 30.5, "global": False})
        self.bucket -= 1
        wrong = refusal(received.json())
        if wrong:
            self.refused += 1
            return 400, {}, json.dumps({"code": 50035, "errors": {wrong: "BASE_TYPE_BAD_LENGTH"}})
        headers = {"x-ratelimit-remaining": str(self.bucket), "x-ratelimit-reset-after": "30.5"}
        return (
            self.edited(received, headers) if received.method == "PATCH" else self.posted(received, headers)
        )

    def posted(self, received: Received, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        """Take a message; return its id when the sender waits for it."""
        message_id = str(1000 + len(self.messages))
        self.messages[message_id] = received.json()
        if "wait=true" not in received.path:
            return 204, headers, ""
        return 200, headers, json.dumps({"id": message_id} | received.json())

    def edited(self, received: Received, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        """Change a message."""
        message_id = received.path.partition("?")[0].rpartition("/")[2]
        if message_id not in self.messages:
            return 404, {}, json.dumps({"code": 10008, "message": "Unknown Message"})
        self.edits += 1
        self.messages[message_id] = received.json()
        return 200, headers, json.dumps({"id": message_id} | received.json())
