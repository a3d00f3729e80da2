"""Subscribers of the tests alone, from the backbone's own tests."""

from apps.events.tests.conftest import broken, effects, subscribe

__all__ = ["broken", "effects", "subscribe"]
