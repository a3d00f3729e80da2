"""What a message needs to know, read at the moment it leaves: the event, whom it names, and privacy."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from apps.api import statements
from apps.events.stream import decode_json
from apps.teams import selectors as teams
from apps.tournaments.selectors import tournaments
from apps.user_profile import selectors as players
from apps.user_profile.achievements import BY_CODE, Rarity
from apps.user_profile.selectors import Figures, PlayerCard
from apps.user_profile.selectors.privacy import ANONYMOUS, Part, Seen, Viewer
from apps.user_profile.signals import stats_updated
from apps.webhooks import offers, samples
from apps.webhooks.models import Endpoint, Owner
from apps.webhooks.services.claims import Claim

# Who is in a test event: people who do not exist.
EXAMPLE = Figures(tournaments_played=16, matches_won=45, ranks=(("PUBLIC", "Immortal 3"),))
SOMEBODY = PlayerCard(user_id=0, username="johndoe", display_name="John Doe", avatar_url=None)
SOMEBODY_ELSE = PlayerCard(user_id=0, username="janedoe", display_name="Jane Doe", avatar_url=None)

# In SQL, because the ORM takes longer to write this than the database to answer it.
OF_THE_LOG = """
SELECT uid, event_type, version, payload, occurred_at FROM event_log WHERE uid = ANY(%(ids)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A team or a tournament, as it is called now."""

    name: str
    slug: str
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that is about to be told, with its arguments in the types of its signature."""

    id: UUID
    type: str
    occurred_at: datetime
    args: Mapping[str, Any]
    is_test: bool = False

    def ids(self, kind: str) -> list[int]:
        """Return the ids of one kind that the event names."""
        named = [
            self.args[each.argument]
            for each in offers.arguments(offers.OFFERED[self.type])
            if each.kind == kind
        ]
        return [each for each in named if each is not None]


@dataclass(slots=True)
class Facts:
    """All that a batch of messages names, in a fixed number of queries."""

    happenings: dict[UUID, Happening]
    cards: dict[int, PlayerCard] = field(default_factory=dict)
    teams: dict[int, Named] = field(default_factory=dict)
    tournaments: dict[int, Named] = field(default_factory=dict)
    seen: dict[int | None, dict[int, Seen]] = field(default_factory=dict)
    figures: dict[int, Figures] = field(default_factory=dict)

    def card(self, happening: Happening, user_id: int) -> PlayerCard:
        """Return how a player is called now."""
        if happening.is_test:
            return SOMEBODY_ELSE if user_id == samples.VALUES["followed_id"] else SOMEBODY
        return self.cards[user_id]

    def named(self, happening: Happening, kind: str, id: int) -> Named | None:
        """Return how a team or a tournament is called now."""
        if happening.is_test:
            return Named(f"Example {kind}", f"example-{kind}")
        return (self.teams if kind == "team" else self.tournaments).get(id)

    def figures_for(self, endpoint: Endpoint | None, happening: Happening, user_id: int) -> Figures:
        """Return a player's figures, without those that he does not show to whoever owns the endpoint."""
        if happening.is_test or endpoint is None:
            return EXAMPLE
        found = self.figures[user_id]
        if user_id == endpoint.user_id:
            return found
        seen = self.seen[viewer_of(endpoint).user_id][user_id]
        return found.shown_to(seen)

    def hides(self, endpoint: Endpoint, happening: Happening) -> bool:
        """Tell whether somebody whom the event names does not show this to whoever owns the endpoint.

        Whom it is about has to show what it tells, everybody else in it his name.
        """
        if happening.is_test:
            return False
        event = offers.OFFERED[happening.type]
        seen = self.seen.get(viewer_of(endpoint).user_id, {})
        for argument in event.user_arguments:
            user_id = happening.args[argument]
            if user_id is None or user_id == endpoint.user_id:
                continue
            told = offers.parts_of(event, happening.args) if argument == event.key_argument else frozenset()
            if user_id not in seen or not all(seen[user_id].shows(part) for part in {Part.CARD, *told}):
                return True
        return self.names_private_team(endpoint, happening)

    def names_private_team(self, endpoint: Endpoint, happening: Happening) -> bool:
        """Tell whether a team that only its members find is in it, and the endpoint is another's."""
        if endpoint.owner == Owner.USER:
            return False
        named = [team_id for team_id in happening.ids("team") if team_id != endpoint.team_id]
        return any(team_id in self.teams and self.teams[team_id].is_private for team_id in named)


def viewer_of(endpoint: Endpoint) -> Viewer:
    """Return through whose eyes an endpoint sees: its player's; everybody else's go out to anybody."""
    return Viewer(endpoint.user_id) if endpoint.owner == Owner.USER else ANONYMOUS


def gather(claims: Sequence[Claim]) -> Facts:
    """Read what these messages need. What the log does not hold any more is left out."""
    facts = Facts(happenings_of(claims))
    real = [each for each in facts.happenings.values() if not each.is_test]
    facts.teams = {
        pk: Named(team.name, team.slug, is_private=team.is_private)
        for pk, team in teams.named(each for one in real for each in one.ids("team")).items()
    }
    named = {each for one in real for each in one.ids("tournament")}
    found = tournaments.names_of(tournaments=named, matches=()).tournaments
    facts.tournaments = {pk: Named(*names) for pk, names in found.items()}
    facts.figures = players.figures_of(one.args["user_id"] for one in real if one.type == stats_updated.name)
    for viewer, user_ids in looks(claims, facts.happenings):
        for user_id, (card, seen) in players.cards_seen(viewer, user_ids).items():
            facts.cards[user_id] = card
            facts.seen.setdefault(viewer.user_id, {})[user_id] = seen
    # Those at whom nobody else looks.
    others = {each for one in real for each in one.ids("user")} - facts.cards.keys()
    if others:
        facts.cards |= players.cards(others)
    return facts


def looks(claims: Iterable[Claim], happenings: Mapping[UUID, Happening]) -> list[tuple[Viewer, set[int]]]:
    """Return who has to look at whom; a player sees himself without asking."""
    wanted: dict[Viewer, set[int]] = defaultdict(set)
    for claim in claims:
        happening = happenings.get(claim.event_id)
        if happening is not None and not happening.is_test:
            others = set(happening.ids("user")) - {claim.endpoint.user_id}
            wanted[viewer_of(claim.endpoint)].update(others)
    return [(viewer, user_ids) for viewer, user_ids in wanted.items() if user_ids]


def happenings_of(claims: Iterable[Claim]) -> dict[UUID, Happening]:
    """Return the events of these deliveries, by id: from the log, or made up for a test."""
    tests = {
        claim.event_id: Happening(
            claim.event_id, claim.event_type, claim.occurred_at,
            offers.OFFERED[claim.event_type].decode(claim.sample), is_test=True,
        )
        for claim in claims
        if claim.sample is not None and claim.event_type in offers.OFFERED
    }  # fmt: skip
    real = [claim.event_id for claim in claims if claim.sample is None]
    for uid, name, version, payload, at in statements.rows(OF_THE_LOG, {"ids": real}) if real else ():
        if event := offers.OFFERED.get(name):
            args = event.decode(event.upcast(decode_json(payload), version))
            tests[uid] = Happening(uid, name, at, args)
    return tests


def achievement(code: str) -> tuple[str, str, Rarity]:
    """Return title, description and rarity of an achievement; one that is no more is called by its code."""
    known = BY_CODE.get(code)
    if known is None:
        return code, "", Rarity.COMMON
    return str(known.title), str(known.description), known.rarity


def absolute(url: str | None) -> str | None:
    """Return an address as others outside need it."""
    return settings.SITE_URL + url if url and url.startswith("/") else url
