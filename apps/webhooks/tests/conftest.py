"""What the tests of webhooks share."""

from collections.abc import Iterator

import pytest

from apps.user_profile.models import User
from apps.user_profile.testing import create_user
from apps.webhooks.testing import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def ada() -> User:
    return create_user("ada")
