"""Secrets at rest: who reads the database alone cannot use them."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(text: str, *, purpose: str) -> str:
    """Return what is stored of a secret; each purpose has keys of its own."""
    return _ciphers(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Return a secret that was stored, under this site's key or one that it has replaced."""
    return _ciphers(purpose).decrypt(sealed.encode()).decode()


def _ciphers(purpose: str) -> MultiFernet:
    """Return the ciphers of the site's secret keys, the present one first."""
    keys = [str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(f"{purpose}:{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
