"""What the economy does by the clock."""

from datetime import time

from apps.economy.services import proof
from apps.events import periodic


@periodic(at=time(3, 30))
def prove_books() -> None:
    """Prove every night that the books are right; a failure is an alert."""
    proof.prove()
