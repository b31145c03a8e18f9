-- What was decided, stated, seen and done stays as it was: these tables are only ever added to.
CREATE FUNCTION enforcement_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER evidence_kept BEFORE UPDATE OR DELETE ON evidence
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER evidence_view_kept BEFORE UPDATE OR DELETE ON evidence_view
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER decision_kept BEFORE UPDATE OR DELETE ON decision
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER decision_clause_kept BEFORE UPDATE OR DELETE ON decision_clause
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER decision_hand_kept BEFORE UPDATE OR DELETE ON decision_hand
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER measure_kept BEFORE UPDATE OR DELETE ON measure
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER measure_act_kept BEFORE UPDATE OR DELETE ON measure_act
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER coverage_revision_kept BEFORE UPDATE OR DELETE ON coverage_revision
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER disposition_kept BEFORE UPDATE OR DELETE ON disposition
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();

-- Four eyes, whatever the program does: an approval that needs a second person is somebody's who did not propose it, and
-- nothing comes into force that was not approved.
CREATE FUNCTION measure_act_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    eyes   text;
    number integer;
    author integer;
BEGIN
    SELECT m.four_eyes, m.decision_id, d.proposed_by_id INTO eyes, number, author
    FROM measure AS m JOIN decision AS d ON d.id = m.decision_id WHERE m.id = NEW.measure_id;
    IF NEW.act = 'approved' AND eyes = 'yes' AND (
        NEW.person_id IS NULL OR NEW.person_id = author OR NOT EXISTS (
            SELECT 1 FROM decision_hand AS h
            WHERE h.decision_id = number AND h.person_id = NEW.person_id AND h.role IN ('approver', 'senior'))
    ) THEN
        RAISE EXCEPTION 'measure % needs the approval of a second person', NEW.measure_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'measure_four_eyes';
    END IF;
    IF NEW.act = 'activated' AND (
        SELECT a.act FROM measure_act AS a WHERE a.measure_id = NEW.measure_id AND a.act IN ('approved', 'approval_voided')
        ORDER BY a.id DESC LIMIT 1
    ) IS DISTINCT FROM 'approved' THEN
        RAISE EXCEPTION 'measure % is not approved', NEW.measure_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'measure_approved_first';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER measure_act_four_eyes BEFORE INSERT ON measure_act
    FOR EACH ROW EXECUTE FUNCTION measure_act_four_eyes();

-- The version of the table `force`: one row, locked by whoever changes what is in force until the commit, so that
-- versions become visible in their order.
CREATE TABLE force_version (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    version  bigint NOT NULL
);
INSERT INTO force_version (version) VALUES (1);
