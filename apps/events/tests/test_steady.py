"""Long-lived processes do not stop to look at what stays."""

import gc

from apps.events.steady import settle


def test_a_full_collection_passes_over_what_is_loaded() -> None:
    settle()
    try:
        kept = gc.get_freeze_count()
        # Tracked: made since, and what the test's own frames hold.
        assert kept > 10 * len(gc.get_objects())
    finally:
        gc.unfreeze()
