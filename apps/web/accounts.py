"""What our accounts ask of the library that signs players in."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

from apps.user_profile.services import usernames


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
        return ciphers().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret that was stored, under this key or one that it has replaced."""
        return ciphers().decrypt(encrypted_text.encode()).decode()


def ciphers() -> MultiFernet:
    """Return the ciphers of the site's secret keys, the present one first."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(("second factor:" + str(key)).encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
