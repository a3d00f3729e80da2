# pip install standardwebhooks
from typing import Any

from standardwebhooks import Webhook


def message_of(secret: str, headers: dict[str, str], body: bytes) -> Any:
    """Return a message that is ours; raises WebhookVerificationError for any other."""
    return Webhook(secret).verify(body, headers)
