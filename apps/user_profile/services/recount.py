"""Statistics, counted anew from their sources: what a bug or a hand on the tables spoiled is put right.

What is missing is added, never set: source - stored - what the events that still wait will add. So the sums
are right once those are delivered, whatever is delivered meanwhile.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping

from apps.events.backlog import backlog
from apps.events.verify import figures
from apps.user_profile.achievements import BY_MEASURE
from apps.user_profile.services import stats
from apps.user_profile.services.achievement_service import AchievementService

COUNTED_BY = "user_profile.count_stats"

type Sums = dict[int, Counter[str]]

logger = logging.getLogger(__name__)


def recount() -> Sums:
    """Put right the sums that differ from their sources; return by how much. Needs one snapshot for all.

    A player whose events are parked is left for another night, all while the log is heard again.
    """
    waiting = backlog(COUNTED_BY)
    if waiting is None:
        logger.info("statistics are not recounted while the log is heard again")
        return {}
    missing = differences()
    for event in waiting.events():
        missing[event.args["user_id"]].subtract(stats.KINDS[event.type](event.args))
    drifted = {
        user_id: sums
        for user_id, sums in missing.items()
        if any(sums.values()) and f"user:{user_id}" not in waiting.parked
    }
    before = stats.lock(drifted)
    drifted = {user_id: drifted[user_id] for user_id in sorted(before)}
    if drifted:
        report(drifted)
        stats.correct(drifted)
        unlock(before, drifted)
    return drifted


def differences() -> Sums:
    """Return by how much every stored sum is below its source."""
    missing: Sums = defaultdict(Counter)
    for counter in stats.COUNTERS:
        figure = figures[f"user_profile.stats.{counter}"]
        assert figure.source, f"nobody knows the source of {figure.name}"
        assert figure.stored, f"nobody knows where {figure.name} is stored"
        for user_id, value in figure.source():
            missing[user_id][counter] += value
        for user_id, value in figure.stored():
            missing[user_id][counter] -= value
    return missing


def report(drifted: Sums) -> None:
    """Say in the log which figures were wrong, of how many players, and of whom for example."""
    for counter in stats.COUNTERS:
        wrong = {user_id: sums[counter] for user_id, sums in drifted.items() if sums[counter]}
        if wrong:
            user_id, by = next(iter(wrong.items()))
            logger.warning(
                "user_profile.stats.%s was wrong for %s players and is corrected; of user %s by %+d",
                counter, len(wrong), user_id, by,
            )  # fmt: skip


def unlock(before: Mapping[int, Mapping[str, int]], drifted: Sums) -> None:
    """Give what a figure reached by being put right: no event will pass that goal again."""
    for user_id, sums in drifted.items():
        for measure, by in sums.items():
            old = before[user_id][measure]
            for one in BY_MEASURE.get(measure, ()):
                if old < one.goal <= old + by:
                    AchievementService.unlock(user_id, one.code)
