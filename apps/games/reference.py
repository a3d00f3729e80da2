"""The games that exist after every `migrate`, with their fixed ids.

Ids of games that an operator adds begin after RESERVED_IDS, so that a longer list never collides with them.
"""

from typing import Any

from django.apps import apps as installed
from django.db import connections, router, transaction

RESERVED_IDS = 1000

STEAM_ID = ("SteamID64", r"7656119[0-9]{10}", "17 digits that begin with 7656119")
PUSH_SEQUENCE = """
SELECT setval(counter, greatest(nextval(counter), %s))
  FROM (SELECT pg_get_serial_sequence('games_game', 'id')::regclass AS counter) AS sequence
"""


def divisions(names: str, steps: str) -> list[str]:
    """Return every name with every step: `Iron 1`, `Iron 2` ..."""
    return [f"{name} {step}" for name in names.split() for step in steps.split()]


def game(
    pk: int,
    slug: str,
    name: str,
    identity: tuple[str, str, str],
    *,
    roster: tuple[int, int | None],
    regions: str,
    ranks: list[str],
    roles: list[str],
) -> dict[str, Any]:
    """Return one row of the table."""
    label, pattern, hint = identity
    return {
        "id": pk,
        "slug": slug,
        "name": name,
        "identity_label": label,
        "identity_pattern": pattern,
        "identity_hint": hint,
        "roster_min": roster[0],
        "roster_max": roster[1],
        "regions": regions.split(),
        "ranks": ranks,
        "roles": roles,
    }


GAMES = [
    # One game for every yearly title, whose team sizes differ: no upper limit.
    game(
        1,
        "call-of-duty",
        "Call of Duty",
        ("player name", "", ""),
        roster=(4, None),
        regions="NA EU APAC",
        ranks=[],
        roles=["Slayer", "Objective", "Support", "Flex"],
    ),
    game(
        2,
        "valorant",
        "VALORANT",
        (
            "Riot ID",
            r"[^#]{3,16}#[A-Za-z0-9]{3,5}",
            "name#TAG, 3 to 16 characters and 3 to 5 letters or digits",
        ),
        roster=(5, 10),
        regions="NA EU KR BR LATAM AP",
        ranks=[
            *divisions("Iron Bronze Silver Gold Platinum Diamond Ascendant Immortal", "1 2 3"),
            "Radiant",
        ],
        roles=["Duelist", "Controller", "Initiator", "Sentinel"],
    ),
    game(
        3,
        "cs2",
        "Counter-Strike 2",
        STEAM_ID,
        roster=(5, 10),
        regions="EU NA SA ASIA OCE MENA",
        ranks=[*(f"{low}-{low + 4999}" for low in range(0, 30000, 5000)), "30000+"],
        roles=["AWPer", "Entry", "Support", "IGL", "Lurker"],
    ),
    game(
        4,
        "dota2",
        "Dota 2",
        STEAM_ID,
        roster=(5, 10),
        regions="WEU EEU CN SEA NA SA",
        ranks=["Herald", "Guardian", "Crusader", "Archon", "Legend", "Ancient", "Divine", "Immortal"],
        roles=divisions("Pos", "1 2 3 4 5"),
    ),
    game(
        5,
        "mlbb",
        "Mobile Legends: Bang Bang",
        (
            "user ID with zone",
            r"[0-9]{8,12} ?\([0-9]{4,6}\)",
            "8 to 12 digits and the zone, as in 12345678 (1234)",
        ),
        roster=(5, 10),
        regions="SEA NA SA EU MENA",
        ranks=[*["Warrior", "Elite", "Master", "Grandmaster", "Epic", "Legend", "Mythic"], "Mythical Glory"],
        roles=["Tank", "Fighter", "Assassin", "Mage", "Marksman", "Support"],
    ),
    game(
        6,
        "pubgm",
        "PUBG Mobile",
        ("character ID", r"[0-9]{9,12}", "9 to 12 digits"),
        roster=(4, 8),
        regions="SEA SA MENA CN LATAM EU",
        ranks=["Bronze", "Silver", "Gold", "Platinum", "Diamond", "Crown", "Ace", "Conqueror"],
        roles=["IGL", "Fragger", "Support", "Sniper"],
    ),
    game(
        7,
        "freefire",
        "Free Fire",
        ("player ID", r"[0-9]{9,12}", "9 to 12 digits"),
        roster=(4, 8),
        regions="SEA LATAM MENA IND",
        ranks=["Bronze", "Silver", "Gold", "Platinum", "Diamond", "Heroic", "Grandmaster"],
        roles=["Rusher", "Support", "IGL"],
    ),
    game(
        8,
        "codm",
        "Call of Duty: Mobile",
        ("UID", r"6[0-9]{9}", "10 digits that begin with 6"),
        roster=(5, 10),
        regions="NA EU SEA SA MENA",
        ranks=["Rookie", "Veteran", "Elite", "Pro", "Master", "Grandmaster", "Legendary"],
        roles=["Slayer", "Objective", "Support", "Sniper"],
    ),
    game(
        9,
        "rocketleague",
        "Rocket League",
        ("Epic ID", "", ""),
        roster=(3, 6),
        regions="NA EU SAM OCE MENA ASIA",
        ranks=[
            *divisions("Bronze Silver Gold Platinum Diamond Champion", "1 2 3"),
            *(f"Grand Champion {step}" for step in (1, 2, 3)),
            "Supersonic Legend",
        ],
        roles=[],
    ),
    game(
        10,
        "r6siege",
        "Rainbow Six Siege",
        ("Ubisoft name", "", ""),
        roster=(5, 10),
        regions="NA LATAM EU APAC",
        ranks=[*divisions("Copper Bronze Silver Gold Platinum Emerald", "5 4 3 2 1"), "Diamond", "Champion"],
        roles=["Entry", "Support", "Flex", "HardBreach", "IGL"],
    ),
    game(
        11,
        "ea-fc",
        "EA Sports FC 26",
        ("EA ID", "", ""),
        roster=(1, 3),
        regions="EU NA LATAM ASIA ME",
        ranks=[*(f"Division {number}" for number in range(10, 0, -1)), "Elite"],
        roles=[],
    ),
    game(
        12,
        "efootball",
        "eFootball",
        (
            "user ID",
            r"[A-Z]{4}-[0-9]{3}-[0-9]{3}-[0-9]{3}",
            "four letters and nine digits, as in AAAA-000-000-000",
        ),
        roster=(1, 2),
        regions="GLOBAL",
        ranks=[f"Division {number}" for number in range(9, 0, -1)],
        roles=[],
    ),
]


def write(using: str = "default", apps: Any = installed, **_: Any) -> None:
    """Write the rows, and put right those that somebody changed. Called after every `migrate` and flush."""
    try:
        model = apps.get_model("games", "Game")
    except LookupError:
        return
    if not router.allow_migrate_model(using, model):
        return
    fields = sorted(GAMES[0].keys() - {"id"})
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        model._base_manager.using(using).bulk_create(
            [model(**row) for row in GAMES], update_conflicts=True, unique_fields=["id"], update_fields=fields
        )
        cursor.execute(PUSH_SEQUENCE, [RESERVED_IDS])
