"""From the stream to effects: turns, failures, lanes, dead letters."""
