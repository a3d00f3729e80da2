"""A receiver in a process of its own: verifies with the public library, writes down, then answers.

`python receiver.py PORT SECRET FILE`. It may be killed at any moment, and be started again.
"""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from standardwebhooks import Webhook


class Handler(BaseHTTPRequestHandler):
    """Takes one message after the other."""

    protocol_version = "HTTP/1.1"
    webhook: Webhook
    file: Path

    def do_POST(self) -> None:
        """Verify, write down, answer."""
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.webhook.verify(body, dict(self.headers))
        with self.file.open("a") as lines:
            lines.write(f"{self.headers['webhook-id']}\n")
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    _, port, secret, path = sys.argv
    Handler.webhook, Handler.file = Webhook(secret), Path(path)
    HTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()
