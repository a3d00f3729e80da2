"""For tests of any app: players."""

from itertools import count

from apps.user_profile.models import User
from apps.user_profile.services import accounts

_numbers = count(1)


def create_user(username: str = "", *, display_name: str = "", password: str | None = None) -> User:
    """Sign somebody up; who he is does not matter where it is not said."""
    return accounts.sign_up(
        username=username or f"player-{next(_numbers)}", display_name=display_name, password=password
    )
