"""The proof of the books: every night, from the postings alone."""

from django.db.models import Sum

from apps.economy.models import Posting
from apps.events.verify import compare, figures

FIGURES = ("economy.balances", "economy.sum_of_all", "user_profile.deltacoin_balance")


class BooksWrong(Exception):
    """The books contradict themselves; the message says where. `events verify` shows every difference."""


def prove() -> None:
    """Check that all postings sum to zero and that every copy of a balance is what its postings say.

    Raises BooksWrong.
    """
    if total := Posting.objects.aggregate(sum=Sum("amount"))["sum"]:
        raise BooksWrong(f"all postings sum to {total}, not to zero")
    for finding in (compare(figures[name]) for name in FIGURES):
        if finding.drift:
            raise BooksWrong(f"{finding.name} differs in {finding.drift} of {finding.rows_checked} places")
