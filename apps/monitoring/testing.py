"""What tests of the operators' pages share."""

from django.test import Client

from apps.user_profile.models import User
from apps.user_profile.services import accounts


def operator(client: Client) -> User:
    """Sign an operator in."""
    user = accounts.sign_up(username="operator")
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    client.force_login(user)
    return user
