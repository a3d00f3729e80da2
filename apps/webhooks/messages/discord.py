"""What a Discord channel is told: composed from how things stand when the message leaves.

A message has something that it is about. When that changes, the message in the channel is edited; when
nothing changes (ten players of one match are ten events), nothing is sent.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.tournaments import selectors as tournaments
from apps.tournaments.selectors import MatchCard, Standing
from apps.user_profile.achievements import Rarity
from apps.webhooks.messages.composer import Embed, payload, plain
from apps.webhooks.messages.facts import Facts, Happening, absolute, achievement
from apps.webhooks.models import Endpoint
from apps.webhooks.sending.exchange import Message

PLACES_SHOWN = 8
MAJOR = frozenset({Rarity.EPIC, Rarity.LEGENDARY})


@dataclass(frozen=True, slots=True)
class Post:
    """A message for a channel, and what it is about; `major` is worth everybody's attention."""

    about: str
    embed: Embed
    major: bool = False


type Composer = Callable[[Facts, Happening], Post | None]


def unlocked(facts: Facts, happening: Happening) -> Post:
    """Tell that a player reached an achievement; an epic or legendary one is major."""
    card = facts.card(happening, happening.args["user_id"])
    title, description, rarity = achievement(happening.args["achievement_code"])
    embed = Embed(
        _("%(name)s unlocked %(title)s") % {"name": plain(card.display_name), "title": title},
        description,
        url=absolute(reverse("web:player", args=[card.username])),
        fields=[(_("Rarity"), str(rarity.label).capitalize())],
        thumbnail_url=absolute(card.avatar_url),
        at=happening.occurred_at,
    )
    return Post(f"event:{happening.id}", embed, major=rarity in MAJOR)


def level_up(facts: Facts, happening: Happening) -> Post:
    """Tell that a player reached a level."""
    card = facts.card(happening, happening.args["user_id"])
    level = happening.args["level"]
    title = _("%(name)s reached level %(level)d") % {"name": plain(card.display_name), "level": level}
    url = absolute(reverse("web:player", args=[card.username]))
    return Post(
        f"event:{happening.id}",
        Embed(title, url=url, thumbnail_url=absolute(card.avatar_url), at=happening.occurred_at),
    )


def roster(facts: Facts, happening: Happening) -> Post | None:
    """Tell that a player joined or left a team."""
    card = facts.card(happening, happening.args["user_id"])
    team = facts.named(happening, "team", happening.args["team_id"])
    if team is None:
        return None
    joined = "role" in happening.args
    words = _("%(name)s joined %(team)s") if joined else _("%(name)s left %(team)s")
    title = words % {"name": plain(card.display_name), "team": plain(team.name)}
    role = [(_("Role"), plain(str(happening.args["role"]).capitalize()))] if joined else []
    url = absolute(reverse("web:team", args=[team.slug]))
    return Post(
        f"event:{happening.id}",
        Embed(title, url=url, fields=role, thumbnail_url=absolute(card.avatar_url), at=happening.occurred_at),
    )


def registration(facts: Facts, happening: Happening) -> Post | None:
    """Tell who is in a tournament; the one message grows with every entrant."""
    tournament_id = happening.args["tournament_id"]
    found = facts.named(happening, "tournament", tournament_id)
    if found is None:
        return None
    entrants = [] if happening.is_test else tournaments.standings(tournament_id)
    names = "\n".join(plain(each.name) for each in entrants)
    title = _("%(tournament)s: registration") % {"tournament": plain(found.name)}
    embed = Embed(
        title,
        names,
        url=absolute(reverse("web:tournament", args=[found.slug])),
        fields=[(_("Entrants"), str(len(entrants)))],
    )
    return Post(f"tournament:{tournament_id}:entrants", embed)


def match(facts: Facts, happening: Happening) -> Post | None:
    """Tell how a match ended, or that its result was taken back."""
    card = None if happening.is_test else tournaments.match_card(happening.args["match_id"])
    about = f"match:{happening.args['match_id']}"
    if happening.is_test:
        return Post(about, Embed(_("Example Reds 2 : 1 Example Blues"), _("Example tournament")))
    if card is None:
        return None
    at = card.played_at or happening.occurred_at
    url = absolute(reverse("web:match", args=[card.tournament_slug, card.id]))
    fields = [(_("Tournament"), plain(card.tournament_name)), (_("Round"), plain(card.label))]
    return Post(about, Embed(score(card), url=url, fields=fields, at=at))


def alert(facts: Facts, happening: Happening) -> Post:
    """Tell operators that something is wrong, or that it is over: each a message of its own."""
    over = happening.type == "alert_resolved"
    words = _("Resolved: %(rule)s") if over else _("Alert: %(rule)s")
    rule, subject = happening.args["rule"], happening.args["subject"]
    embed = Embed(
        words % {"rule": plain(f"{rule} {subject}".strip())},
        plain(happening.args["summary"]),
        url=absolute(reverse("monitoring:alerts")),
        fields=[(_("Severity"), plain(happening.args["severity"].capitalize()))],
        at=happening.occurred_at,
    )
    return Post(f"event:{happening.id}", embed)


def score(card: MatchCard) -> str:
    """Return the two sides and, where it counts, the score."""
    a, b = plain(card.a.name), plain(card.b.name)
    if card.a.pending or card.b.pending:
        return f"{a} – {b}"  # noqa: RUF001
    return f"{a} {card.a.score} : {card.b.score} {b}"


def places(facts: Facts, happening: Happening) -> Post | None:
    """Tell who finished where, or that the places are open again."""
    tournament_id = happening.args["tournament_id"]
    found = facts.named(happening, "tournament", tournament_id)
    if found is None:
        return None
    rows = [] if happening.is_test else tournaments.standings(tournament_id)
    final = [row for row in rows if row.place_from is not None]
    lines = "\n".join(place(row) for row in final[:PLACES_SHOWN])
    embed = Embed(
        _("%(tournament)s: final places") % {"tournament": plain(found.name)},
        lines or _("The places are not known yet."),
        url=absolute(reverse("web:tournament", args=[found.slug])),
    )
    return Post(f"tournament:{tournament_id}:places", embed)


def place(row: Standing) -> str:
    """Return a line of the places."""
    shared = row.place_to is not None and row.place_to != row.place_from
    span = f"{row.place_from}–{row.place_to}" if shared else f"{row.place_from}"  # noqa: RUF001
    medal = {1: "🥇 ", 2: "🥈 ", 3: "🥉 "}.get(row.place_from or 0, "")
    return f"{medal}**{span}.** {plain(row.name)}"


def check_in(facts: Facts, happening: Happening) -> Post | None:
    """Tell that check-in is open, in one message for all entrants."""
    tournament_id = happening.args["tournament_id"]
    found = facts.named(happening, "tournament", tournament_id)
    if found is None:
        return None
    title = _("%(tournament)s: check-in is open") % {"tournament": plain(found.name)}
    url = absolute(reverse("web:registration", args=[found.slug]))
    return Post(f"tournament:{tournament_id}:check-in", Embed(title, url=url))


def begun(facts: Facts, happening: Happening) -> Post | None:
    """Tell that a tournament has begun, and with how many."""
    tournament_id = happening.args["tournament_id"]
    found = facts.named(happening, "tournament", tournament_id)
    if found is None:
        return None
    count = 8 if happening.is_test else tournaments.entrant_counts([tournament_id]).get(tournament_id, 0)
    embed = Embed(
        _("%(tournament)s has begun") % {"tournament": plain(found.name)},
        url=absolute(reverse("web:tournament", args=[found.slug])),
        fields=[(_("Entrants"), str(count))],
        at=happening.occurred_at,
    )
    return Post(f"tournament:{tournament_id}:start", embed)


def dispute(facts: Facts, happening: Happening) -> Post | None:
    """Tell that a match is in dispute, or how it stands after the decision."""
    post = match(facts, happening)
    if post is None:
        return None
    is_open = happening.type == "tournament_dispute_opened"
    state = _("In dispute: the organiser decides.") if is_open else _("The dispute is decided.")
    embed = replace(post.embed, fields=[*post.embed.fields, (_("Dispute"), state)])
    return Post(f"dispute:{happening.args['dispute_id']}", embed)


COMPOSERS: dict[str, Composer] = {
    "achievement_unlocked": unlocked,
    "alert_opened": alert,
    "alert_resolved": alert,
    "level_up": level_up,
    "tournament_completed": places,
    "tournament_check_in_asked": check_in,
    "tournament_dispute_decided": dispute,
    "tournament_dispute_opened": dispute,
    "tournament_match_completed": match,
    "tournament_match_ready": match,
    "tournament_match_retracted": match,
    "tournament_match_started": match,
    "tournament_placement": places,
    "tournament_placement_retracted": places,
    "tournament_registered": registration,
    "tournament_started": begun,
    "tournament_withdrawn": registration,
    "user_joined_team": roster,
    "user_left_team": roster,
}


def compose(facts: Facts, happening: Happening) -> Post | None:
    """Return what a channel is told; None when what the event names is gone."""
    post = COMPOSERS[happening.type](facts, happening)
    if post is None or not happening.is_test:
        return post
    embed = post.embed
    marked = Embed(
        _("Test: %(title)s") % {"title": embed.title}, embed.description, embed.url, embed.fields,
        embed.thumbnail_url, _("A test message; nothing of this happened."), embed.at,
    )  # fmt: skip
    return Post(f"test:{happening.id}", marked, post.major)


def body(post: Post, endpoint: Endpoint) -> str:
    """Return the body of a message. A ping is the owner's choice, and never comes out of a text."""
    everyone = post.major and endpoint.mentions_everyone
    return json.dumps(payload([post.embed], everyone=everyone), ensure_ascii=False)


def digest(body: str) -> str:
    """Return what tells two messages apart."""
    return hashlib.sha256(body.encode()).hexdigest()


def message(url: str, body: str, *, message_id: str = "") -> Message:
    """Return the request that posts a message, or edits the one of this id."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | ({} if message_id else {"wait": "true"})
    path = f"{parts.path.rstrip('/')}/messages/{message_id}" if message_id else parts.path
    address = parts._replace(path=path, query=urlencode(query)).geturl()
    headers = {"content-type": "application/json", "user-agent": "DeltaCrown-Webhooks/1.0"}
    return Message("PATCH" if message_id else "POST", address, headers, body)
