"""What PostgreSQL itself refuses: to rewrite the log, outside this context, and what operators decided."""

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

# A decision about a dead letter stays; `events forget` takes it away with its subscriber, an act itself.
INSTALL_ACTS = """
CREATE OR REPLACE FUNCTION event_decisions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what operators did and decided is append-only'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER event_act_append_only BEFORE UPDATE OR DELETE ON event_act
    FOR EACH ROW EXECUTE FUNCTION event_decisions_stay();
CREATE TRIGGER event_dead_letter_decided BEFORE UPDATE ON event_dead_letter
    FOR EACH ROW WHEN (OLD.resolution <> '' AND
        (OLD.position, OLD.error, OLD.resolution, OLD.resolved_at, OLD.resolved_by, OLD.reason)
        IS DISTINCT FROM
        (NEW.position, NEW.error, NEW.resolution, NEW.resolved_at, NEW.resolved_by, NEW.reason))
    EXECUTE FUNCTION event_decisions_stay();
"""
REMOVE_ACTS = """
DROP TRIGGER event_dead_letter_decided ON event_dead_letter;
DROP TRIGGER event_act_append_only ON event_act;
DROP FUNCTION event_decisions_stay();
"""


@contextmanager
def log_unlocked() -> Iterator[None]:
    """Allow changes of the log until the end of the block, in this transaction alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'yes', true)", [SWITCH])
        yield
        cursor.execute("SELECT set_config(%s, '', true)", [SWITCH])
