"""What our accounts ask of the library that signs players in."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from apps.user_profile.services import sealing, usernames

# Under which the keys are derived: another one would lock everybody out.
PURPOSE = "second factor"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Signing up, with or without another site."""

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Refuse also a name that somebody had; `shallow` asks for its shape alone."""
        cleaned: str = super().clean_username(username, shallow)
        if not shallow:
            usernames.check_free(cleaned)
        return cleaned


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors, encrypted at rest: who reads the database alone cannot make codes."""

    def encrypt(self, text: str) -> str:
        """Return what is stored of a secret."""
        return sealing.seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret that was stored, under this key or one that it has replaced."""
        return sealing.unseal(encrypted_text, purpose=PURPOSE)
