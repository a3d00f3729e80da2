"""Who may enter a tournament: verdicts with their reasons, the same before and after one has entered.

`services.registration` refuses by these verdicts, so what a page shows is what will happen.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.teams import selectors as teams
from apps.tournaments.models import Entrants, Registration, Status, Tournament, TournamentEntry
from apps.user_profile import selectors as players
from apps.user_profile.selectors.privacy import Viewer, seen_by
from apps.user_profile.services.game_passport_service import GamePassportService

# Rows of other apps, as their selectors return them.
type Team = Any
type Passport = Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """One condition: met or not, and why, with the players because of whom it is not.

    `text` has placeholders for `params`; `names` are those players as they are called now.
    """

    code: str
    ok: bool
    text: str | Promise
    params: Mapping[str, Any]
    user_ids: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """What it says, without the players."""
        return str(self.text) % self.params if self.params else str(self.text)

    def __str__(self) -> str:
        return f"{self.reason} ({', '.join(self.names)})" if self.names else self.reason


@dataclass(frozen=True, slots=True)
class Facts:
    """What is decided from: who would enter, with their passports, and who of them is in it already."""

    tournament: Tournament
    team: Team | None
    player_ids: frozenset[int]
    on_roster: frozenset[int]
    passports: Mapping[int, Passport]
    elsewhere: frozenset[int]
    entry: TournamentEntry | None
    barred: frozenset[int]

    @property
    def stands(self) -> bool:
        """Whether the team, or the player alone, is registered already."""
        return self.entry is not None and self.entry.status != Registration.WITHDRAWN


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who would enter: a team with some of its roster, or one player alone."""

    team: Team | None
    player_ids: frozenset[int]
    on_roster: frozenset[int]


@dataclass(frozen=True, slots=True)
class Known:
    """What a tournament knows of some teams and players: their registrations, and who is in which.

    `line` has the place of those that wait for one, from 1.
    """

    entries: Sequence[TournamentEntry]
    seats: Sequence[tuple[int, int | None]]
    line: Mapping[int, int]

    def entry_of(self, team: Team | None, player_ids: Collection[int]) -> TournamentEntry | None:
        """Return the registration of a team, or of a player alone."""
        if team is not None:
            return next((entry for entry in self.entries if entry.team_id == team.pk), None)
        return next((entry for entry in self.entries if entry.user_id in player_ids), None)

    def players_of(self, entry: TournamentEntry) -> frozenset[int]:
        """Return the players of a registration."""
        return frozenset(user_id for user_id, entry_id in self.seats if entry_id == entry.pk)


def known_in(tournament: Tournament, team_ids: Collection[int], user_ids: Collection[int]) -> Known:
    """Read what a tournament knows of these teams, and of these players. Two queries."""
    before = TournamentEntry.objects.in_line().filter(
        Q(registered_at__lt=OuterRef("registered_at"))
        | Q(registered_at=OuterRef("registered_at"), pk__lte=OuterRef("pk")),
        tournament=OuterRef("tournament"),
    )
    counted = before.order_by().values("tournament").annotate(count=Count("pk")).values("count")
    rows = tournament.entries.filter(Q(team_id__in=team_ids) | Q(user_id__in=user_ids))
    entries: list[Any] = list(rows.annotate(line=Subquery(counted)).order_by("pk"))
    mine = Q(user_id__in=user_ids) | Q(entry_id__in=[entry.pk for entry in entries])
    return Known(
        entries=entries,
        seats=list(tournament.participants.filter(mine).values_list("user_id", "entry_id")),
        line={entry.pk: entry.line for entry in entries if entry.status == Registration.WAITLISTED},
    )


def facts_of(tournament: Tournament, team: Team | None, player_ids: Iterable[int]) -> Facts:
    """Read what decides whether a team with these players, or one player alone, may enter."""
    wanted = frozenset(player_ids)
    candidate = Candidate(team, wanted, roster_of(team) if team else wanted)
    known = known_in(tournament, [team.pk] if team else [], wanted)
    [facts] = facts_of_each(tournament, [candidate], known)
    return facts


def facts_of_each(tournament: Tournament, candidates: Sequence[Candidate], known: Known) -> list[Facts]:
    """Read what decides whether each of some may enter, given what is known of them all. Two queries."""
    everybody = {user_id for candidate in candidates for user_id in candidate.player_ids}
    passports = GamePassportService.get_passports_for_game(everybody, tournament.game_id)
    barred: frozenset[int] = frozenset()
    if tournament.organiser_id:
        seen = seen_by(Viewer(tournament.organiser_id), everybody)
        barred = frozenset(user_id for user_id, one in seen.items() if one.is_blocked)
    found = []
    for one in candidates:
        entry = known.entry_of(one.team, one.player_ids)
        own = entry.pk if entry else None
        taken = {user_id for user_id, entry_id in known.seats if entry is None or entry_id != own}
        found.append(
            Facts(
                tournament=tournament,
                team=one.team,
                player_ids=one.player_ids,
                on_roster=one.on_roster,
                passports={pk: passports[pk] for pk in one.player_ids if pk in passports},
                elsewhere=one.player_ids & taken,
                entry=entry,
                barred=one.player_ids & barred,
            )
        )
    return found


def roster_of(team: Team) -> frozenset[int]:
    """Return who is in a team now."""
    return frozenset(seat["user_id"] for seat in teams.get_team_roster(team.pk))


def verdicts(
    facts: Facts, *, entered: bool = False, called: Mapping[int, str] | None = None
) -> list[Verdict]:
    """Return every condition that the tournament sets; of those who have `entered`, the lasting ones only.

    Who stands in the way is named; `called` are names that are known already.
    """
    asked = LASTING if entered else BEFORE + LASTING
    found = [verdict for condition in asked for verdict in condition(facts)]
    in_the_way, names = {user_id for one in found for user_id in one.user_ids}, called or {}
    if not names.keys() >= in_the_way:
        names = players.names_of(in_the_way)
    return [named(one, names) for one in found]


def failed(found: Iterable[Verdict]) -> list[Verdict]:
    """Keep what stands in the way."""
    return [one for one in found if not one.ok]


def named(verdict: Verdict, names: Mapping[int, str]) -> Verdict:
    """Return a verdict with the names of its players."""
    if not verdict.user_ids:
        return verdict
    called = tuple(names[user_id] for user_id in verdict.user_ids if user_id in names)
    return Verdict(verdict.code, verdict.ok, verdict.text, verdict.params, verdict.user_ids, called)


def verdict(
    code: str, met: str | Promise, unmet: str | Promise, who: Collection[int] | bool, /, **params: Any
) -> Verdict:
    """Return a condition, unmet because of these players, or when it is True."""
    user_ids = () if isinstance(who, bool) else tuple(sorted(who))
    return Verdict(code, not who, unmet if who else met, params, user_ids)


def is_open(facts: Facts) -> Iterator[Verdict]:
    """Ask whether it is the time for it."""
    tournament = facts.tournament
    closed = tournament.status != Status.UPCOMING or not tournament.takes_now()
    yield verdict("open", _("Registration is open."), _("Registration is closed."), closed)


def is_new(facts: Facts) -> Iterator[Verdict]:
    """Ask whether the team, or the player alone, has entered already, or was not admitted."""
    if facts.entry is not None and facts.entry.status == Registration.REJECTED:
        unmet = _("The organiser did not admit this registration.")
    else:
        unmet = _("%(who)s is registered for this tournament already.")
    who = facts.entry.name if facts.entry else ""
    yield verdict("already_registered", _("Not registered yet."), unmet, facts.stands, who=who)


def is_of_the_kind(facts: Facts) -> Iterator[Verdict]:
    """Ask whether the tournament is for teams or for players."""
    wanted = facts.tournament.entrants
    if wanted == Entrants.TEAMS:
        yield verdict("kind", _("For teams."), _("Only teams can enter."), facts.team is None)
    elif wanted == Entrants.PLAYERS:
        yield verdict("kind", _("For players alone."), _("Only players can enter."), facts.team is not None)


def of_the_game(facts: Facts) -> Iterator[Verdict]:
    """Ask whether a team plays this game; one without a game plays several."""
    if facts.team is not None:
        other = facts.team.game_id not in (None, facts.tournament.game_id)
        met, unmet = _("The team plays %(game)s."), _("The team does not play %(game)s.")
        yield verdict("game", met, unmet, other, game=facts.tournament.game.name)


def one_team_per_player(facts: Facts) -> Iterator[Verdict]:
    """Ask whether a player is in it with others."""
    yield verdict(
        "player_registered",
        _("Nobody is registered with others."),
        _("Players are registered for this tournament with others already."),
        facts.elsewhere,
    )


def on_the_roster(facts: Facts) -> Iterator[Verdict]:
    """Ask whether a team enters with its own players."""
    if facts.team is not None:
        yield verdict(
            "not_on_roster",
            _("All players are on the team's roster."),
            _("Only players on the team's roster can be registered."),
            facts.player_ids - facts.on_roster,
        )


def squad_of_size(facts: Facts) -> Iterator[Verdict]:
    """Ask whether a team brings as many players as it should."""
    least, most = facts.tournament.squad_min or 1, facts.tournament.squad_max
    size = len(facts.player_ids)
    if facts.team is None or (least == 1 and most is None and size):
        return
    if most is None:
        met, unmet = _("Enough players."), _("At least %(least)s players are needed, these are %(size)s.")
    else:
        met = _("Enough players, and not too many.")
        unmet = _("%(least)s to %(most)s players are needed, these are %(size)s.")
    wrong = size < least or (most is not None and size > most)
    yield verdict("squad", met, unmet, wrong, least=least, most=most, size=size)


def with_passports(facts: Facts) -> Iterator[Verdict]:
    """Ask whether everybody has a passport of the game."""
    yield verdict(
        "passport_required",
        _("Everybody has a passport of %(game)s."),
        _("Please add game passport first: %(game)s"),
        facts.player_ids - facts.passports.keys(),
        game=facts.tournament.game.name,
    )


def of_the_regions(facts: Facts) -> Iterator[Verdict]:
    """Ask whether everybody plays in a region of the tournament."""
    regions = facts.tournament.regions
    if regions:
        outside = [pk for pk, passport in facts.passports.items() if passport.region not in regions]
        met, unmet = _("Everybody plays in %(regions)s."), _("Only for players of %(regions)s.")
        yield verdict("region", met, unmet, outside, regions=", ".join(regions))


def of_the_ranks(facts: Facts) -> Iterator[Verdict]:
    """Ask whether everybody's rank is within the limits; who has none is not."""
    lowest, highest = facts.tournament.rank_min, facts.tournament.rank_max
    if not (lowest or highest):
        return
    ladder = facts.tournament.game.ranks
    allowed = ladder[ladder.index(lowest) if lowest else 0 : ladder.index(highest) + 1 if highest else None]
    outside = [pk for pk, passport in facts.passports.items() if passport.current_rank not in allowed]
    met, unmet = (
        _("Everybody's rank is from %(lowest)s to %(highest)s."),
        _("Only for ranks from %(lowest)s to %(highest)s: bring the passport up to date."),
    )
    yield verdict("rank", met, unmet, outside, lowest=allowed[0], highest=allowed[-1])


def not_barred(facts: Facts) -> Iterator[Verdict]:
    """Ask whether the organiser has blocked somebody."""
    if facts.tournament.organiser_id:
        met, unmet = _("The organiser bars nobody of you."), _("The organiser does not admit these players.")
        yield verdict("barred", met, unmet, facts.barred)


type Condition = Callable[[Facts], Iterator[Verdict]]

BEFORE: tuple[Condition, ...] = (is_open, is_new)
LASTING: tuple[Condition, ...] = (
    is_of_the_kind,
    of_the_game,
    one_team_per_player,
    on_the_roster,
    squad_of_size,
    with_passports,
    of_the_regions,
    of_the_ranks,
    not_barred,
)
