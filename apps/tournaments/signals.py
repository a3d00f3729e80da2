"""What tournaments announce: one event per player, also where a team did it."""

from apps.events import domain_event


@domain_event(version=1)
def tournament_registered(user_id: int, tournament_id: int, game_id: int) -> None:
    """A player is registered for a tournament, alone or with the team.

    Announced by the registration services.
    """


@domain_event(version=1)
def tournament_withdrawn(user_id: int, tournament_id: int, began: bool) -> None:
    """A player is registered no more; what had not `began` counts for nothing.

    Announced by the admission services when an entrant withdraws, is taken out, or is disqualified.
    """


@domain_event(version=1)
def tournament_entry_answered(user_id: int, tournament_id: int, entry_id: int, status: str) -> None:
    """A registration was answered: CONFIRMED, WAITLISTED (admitted, all places are taken) or REJECTED.

    Announced by the admission services, for each player of the entry.
    """


@domain_event(version=1)
def tournament_waitlist_promoted(user_id: int, tournament_id: int, entry_id: int) -> None:
    """A place became free and a player of the first entry in line has it.

    Said in addition to `tournament_registered`. Announced by the admission services.
    """


@domain_event(version=1)
def tournament_check_in_asked(user_id: int, tournament_id: int, entry_id: int, again: bool) -> None:
    """A player's check-in is open, or, `again`, about to close without him.

    Announced by the check_in services.
    """


@domain_event(version=1, key="tournament_id")
def tournament_started(tournament_id: int) -> None:
    """A tournament has begun: registration is closed, matches can be played.

    Announced by the tournament services.
    """


@domain_event(version=1)
def tournament_match_ready(user_id: int, match_id: int, tournament_id: int) -> None:
    """A player's match can be played: both sides are known.

    Announced by the progress services whenever a match gets its sides, or gets others.
    """


@domain_event(version=1)
def tournament_match_started(user_id: int, match_id: int, tournament_id: int) -> None:
    """A player's match is being played from now on.

    Announced by the results services when a match begins.
    """


@domain_event(version=1)
def tournament_match_reported(user_id: int, match_id: int, tournament_id: int) -> None:
    """The other side reported how a player's match ended: it holds unless his side says otherwise in time.

    Announced by the services of reports.
    """


@domain_event(version=1)
def tournament_result_confirmed(user_id: int, match_id: int, tournament_id: int) -> None:
    """The reported result of a player's match holds: both sides agree, or one of them let the time pass.

    Announced by the services of reports, in addition to `tournament_match_completed`.
    """


@domain_event(version=1)
def tournament_dispute_opened(user_id: int, match_id: int, tournament_id: int, dispute_id: int) -> None:
    """A match is in dispute; said to the players of both sides and to who runs the tournament.

    Announced by the services of disputes.
    """


@domain_event(version=1)
def tournament_dispute_decided(user_id: int, match_id: int, tournament_id: int, dispute_id: int) -> None:
    """A dispute about a player's match is decided.

    Announced by the services of disputes.
    """


@domain_event(version=1)
def tournament_match_completed(
    user_id: int,
    match_id: int,
    won: bool,
    kills: int = 0,
    deaths: int = 0,
    assists: int = 0,
    tournament_id: int | None = None,
) -> None:
    """A match that the player took part in is over.

    Announced by the match services when a result is recorded.
    """


@domain_event(version=1)
def tournament_match_retracted(
    user_id: int, match_id: int, won: bool, kills: int = 0, deaths: int = 0, assists: int = 0
) -> None:
    """What was announced last of this match and this player holds no longer: the result was corrected.

    The values are those that were announced; with `won`, the `match_won` is taken back as well. Where the
    match still has a result, `tournament_match_completed` announces the new one right after.
    Announced by the match services.
    """


@domain_event(version=1)
def match_won(user_id: int, match_id: int, tournament_id: int | None = None) -> None:
    """A player won a match; said in addition to `tournament_match_completed`.

    Announced by the match services when a result is recorded.
    """


@domain_event(version=1)
def tournament_placement(user_id: int, tournament_id: int, placement: int) -> None:
    """A player's final place in a tournament is known, 1 for the winner.

    Announced by the tournament services when a tournament is completed.
    """


@domain_event(version=1)
def tournament_placement_retracted(user_id: int, tournament_id: int, placement: int) -> None:
    """The final place that was announced holds no longer; the new one is announced by `tournament_placement`.

    Announced by the tournament services when a correction changes the places.
    """


@domain_event(version=1)
def tournament_completed(user_id: int, tournament_id: int) -> None:
    """A tournament that the player took part in is over.

    Announced by the tournament services when a tournament is completed.
    """


@domain_event(version=1, key="tournament_id")
def tournament_prizes_announced(tournament_id: int, pool: int) -> None:
    """What a tournament's places get is known, `pool` DeltaCoins in all; an earlier announcement is replaced.

    Announced by the pool service: before anybody is registered, and with 0 when it ended without players.
    """


# The roadmap's other names for the same two events.
user_registered_for_tournament = tournament_registered
match_completed = tournament_match_completed
