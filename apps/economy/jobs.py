"""What the economy does by the clock."""

from datetime import time, timedelta

from apps.economy.services import prizes, proof
from apps.events import periodic


@periodic(every=timedelta(seconds=30), works_off=True)
def pay_prizes() -> None:
    """Pay the prizes whose hold is over."""
    while prizes.pay_due():
        pass


@periodic(at=time(3, 30))
def prove_books() -> None:
    """Prove every night that the books are right; a failure is an alert."""
    proof.prove()
