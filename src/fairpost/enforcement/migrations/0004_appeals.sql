-- Nothing that a party wrote, that was done or that was ruled changes or goes away, and no appeal is judged by a machine.
CREATE TRIGGER appeal_act_kept BEFORE UPDATE OR DELETE ON appeal_act
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER appeal_ruling_kept BEFORE UPDATE OR DELETE ON appeal_ruling
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER appeal_kept BEFORE DELETE ON appeal
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();

CREATE FUNCTION appeal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.decision_id, OLD.account_id, OLD.organisation_id, OLD.measures, OLD.sealed, OLD.filed_at, OLD.informed_at,
        OLD.window_ends_at)
       IS DISTINCT FROM
       (NEW.decision_id, NEW.account_id, NEW.organisation_id, NEW.measures, NEW.sealed, NEW.filed_at, NEW.informed_at,
        NEW.window_ends_at)
    THEN
        RAISE EXCEPTION 'appeal %: what was filed stays as it was', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    -- The primary key of decision_hand keeps out whoever proposed or approved; this keeps out everybody else.
    IF NEW.state = 'decided' AND OLD.state <> 'decided' AND NOT EXISTS (
        SELECT 1 FROM decision_hand AS h
        WHERE h.decision_id = NEW.decision_id AND h.person_id = NEW.reviewer_id AND h.role = 'appeal_reviewer'
    ) THEN
        RAISE EXCEPTION 'appeal % is decided by a person who had no hand in the decision', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_independent_reviewer';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER appeal_guard BEFORE UPDATE ON appeal FOR EACH ROW EXECUTE FUNCTION appeal_guard();
