"""What gamification announces."""

from apps.events import domain_event


@domain_event(version=1)
def level_up(user_id: int, level: int) -> None:
    """A player reached a level for the first time; each level is announced once.

    Announced by the service that grants points, `xp.grant`.
    """
