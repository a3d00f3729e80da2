"""What PostgreSQL itself refuses: to rewrite what was done in the administration."""

INSTALL = """
CREATE OR REPLACE FUNCTION monitoring_admin_log_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of the administration is append-only'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER monitoring_admin_log_append_only BEFORE UPDATE OR DELETE ON django_admin_log
    FOR EACH ROW EXECUTE FUNCTION monitoring_admin_log_stays();
"""
REMOVE = """
DROP TRIGGER monitoring_admin_log_append_only ON django_admin_log;
DROP FUNCTION monitoring_admin_log_stays();
"""
