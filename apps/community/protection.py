"""What PostgreSQL itself refuses: to rewrite or delete what moderators decided."""

INSTALL = """
CREATE OR REPLACE FUNCTION community_actions_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what moderators decided is append-only'
        USING ERRCODE = 'integrity_constraint_violation',
              HINT = 'Decide something else with apps.community.services.moderation.';
END
$$;
CREATE TRIGGER community_action_append_only BEFORE UPDATE OR DELETE ON community_action
    FOR EACH ROW EXECUTE FUNCTION community_actions_are_append_only();
"""
REMOVE = """
DROP TRIGGER community_action_append_only ON community_action;
DROP FUNCTION community_actions_are_append_only();
"""
