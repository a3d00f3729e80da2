"""The bridge: the stream for services that have a database of their own. See docs/bridge.md."""
