-- One organisation takes part in one joint sender at most once at a time. Ranges of one number stand for the ids: GiST
-- knows equality of ranges without the btree_gist extension.
ALTER TABLE joint_sender_participant
    ADD CONSTRAINT joint_sender_participant_order CHECK (until IS NULL OR until > since),
    ADD CONSTRAINT joint_sender_participant_once EXCLUDE USING gist (
        int8range(joint_sender_id, joint_sender_id, '[]') WITH =,
        int8range(organisation_id, organisation_id, '[]') WITH =,
        daterange(since, until) WITH &&
    );

-- A notice that mail has carried must stay what it was.
CREATE FUNCTION joint_notice_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'joint_notice is immutable: % is refused, make a new version', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER joint_notice_immutable BEFORE UPDATE OR DELETE ON joint_notice
    FOR EACH STATEMENT EXECUTE FUNCTION joint_notice_refuse();
