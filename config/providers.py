"""Other sites with whose accounts players may sign in: those whose variables are set."""

from __future__ import annotations

from typing import Any

from config import env

# By provider: the variables of its id and its secret, and where its own pages are.
KNOWN = {
    "discord": ("DISCORD_CLIENT_ID", "DISCORD_CLIENT_SECRET", "https://discord.com"),
    "steam": ("", "STEAM_API_KEY", "https://steamcommunity.com"),
    "twitch": ("TWITCH_CLIENT_ID", "TWITCH_CLIENT_SECRET", "https://id.twitch.tv"),
}


def from_environment() -> tuple[dict[str, Any], list[str]]:
    """Return the settings of the providers that are set up, and the origins to which a sign-in leads."""
    found: dict[str, Any] = {}
    origins = []
    for name, (id_variable, secret_variable, origin) in KNOWN.items():
        client_id = env.text(id_variable) if id_variable else name
        if client_id and (secret := env.text(secret_variable)):
            found[name] = {"APPS": [{"client_id": client_id, "secret": secret}]}
            origins.append(origin)
    return found, origins
