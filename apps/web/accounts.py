"""What our accounts ask of the library that signs players in."""

from allauth.account.adapter import DefaultAccountAdapter

from apps.user_profile.services import usernames


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Signing up, with or without another site."""

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Refuse also a name that somebody had; `shallow` asks for its shape alone."""
        cleaned: str = super().clean_username(username, shallow)
        if not shallow:
            usernames.check_free(cleaned)
        return cleaned
