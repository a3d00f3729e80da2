"""What the tests of the operators' pages share."""

from apps.events.tests.conftest import broken, effects, subscribe

__all__ = ["broken", "effects", "subscribe"]
