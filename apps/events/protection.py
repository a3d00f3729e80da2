"""The log is append-only: a trigger refuses every UPDATE and DELETE outside this context."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

SWITCH = "events.unlocked"

INSTALL = f"""
CREATE OR REPLACE FUNCTION event_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('{SWITCH}', true), '') = 'yes' THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'the event log is append-only'
        USING HINT = 'Personal values go by apps.events.erasure.erase, old events by `events prune`.';
END
$$;
CREATE TRIGGER event_log_append_only BEFORE UPDATE OR DELETE ON event_log
    FOR EACH ROW EXECUTE FUNCTION event_log_is_append_only();
"""
REMOVE = """
DROP TRIGGER event_log_append_only ON event_log;
DROP FUNCTION event_log_is_append_only();
"""


@contextmanager
def log_unlocked() -> Iterator[None]:
    """Allow changes of the log until the end of the block, in this transaction alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'yes', true)", [SWITCH])
        yield
        cursor.execute("SELECT set_config(%s, '', true)", [SWITCH])
