"""What belongs to one checkout: whether it is a demo, and the secrets that it makes for itself once."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from config import env

CHECKOUT = Path(__file__).resolve().parent.parent
DATA = CHECKOUT / ".data"


def is_demo() -> bool:
    """Return whether nothing real is at stake: neither a database nor a key was given."""
    return not env.text("DATABASE_URL") and not env.text("SECRET_KEY")


def is_development() -> bool:
    """Return whether this is a demo or runs under this checkout's `./dev`, which serves 127.0.0.1 only."""
    return is_demo() or os.environ.get("DELTACROWN_DEV") == str(CHECKOUT)


def kept_secret(name: str, length: int) -> str:
    """Return the secret kept under `.data/`, made at the first call; only this user can read it."""
    path = DATA / name
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    DATA.mkdir(exist_ok=True)
    made = path.with_name(f"{name}.{os.getpid()}")
    made.touch(mode=0o600)
    made.write_text(secrets.token_urlsafe(length))
    try:
        os.link(made, path)  # unlike a rename, this never replaces what another process made meanwhile
    except FileExistsError:
        pass
    finally:
        made.unlink()
    return path.read_text().strip()
