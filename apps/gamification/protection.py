"""What PostgreSQL itself refuses: to rewrite the reasons for points."""

INSTALL = """
CREATE OR REPLACE FUNCTION gamification_xp_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'experience is append-only'
        USING ERRCODE = 'integrity_constraint_violation', HINT = 'Take points back by another entry.';
END
$$;
CREATE TRIGGER gamification_xpentry_append_only BEFORE UPDATE OR DELETE ON gamification_xpentry
    FOR EACH ROW EXECUTE FUNCTION gamification_xp_is_append_only();
"""
REMOVE = """
DROP TRIGGER gamification_xpentry_append_only ON gamification_xpentry;
DROP FUNCTION gamification_xp_is_append_only();
"""
