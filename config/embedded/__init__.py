"""PostgreSQL from a wheel, started by whoever needs it first and stopped after the last one.

Used when DATABASE_URL is not set. Processes share one server per checkout; its files lie in `.data/postgres`.
"""

from config.embedded.server import EmbeddedError, connection_params, ensure, let_go

__all__ = ["EmbeddedError", "connection_params", "ensure", "let_go"]
