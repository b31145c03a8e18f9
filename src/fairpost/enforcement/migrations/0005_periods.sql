-- What two people declared stays as they declared it; a release of content is taken back, never rewritten.
CREATE FUNCTION risk_period_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'risk_period is kept: DELETE is refused' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.hash IS DISTINCT FROM NEW.hash OR OLD.scope IS DISTINCT FROM NEW.scope
       OR OLD.declared_by_id IS DISTINCT FROM NEW.declared_by_id
       OR OLD.ends_at IS DISTINCT FROM NEW.ends_at
       OR (OLD.seconded_by_id IS NOT NULL AND (OLD.seconded_by_id IS DISTINCT FROM NEW.seconded_by_id
                                               OR OLD.starts_at IS DISTINCT FROM NEW.starts_at))
       OR OLD.report IS NOT NULL
    THEN
        RAISE EXCEPTION 'risk_period %: what was declared or reported stays as it was', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER risk_period_guard BEFORE UPDATE OR DELETE ON risk_period
    FOR EACH ROW EXECUTE FUNCTION risk_period_guard();

CREATE FUNCTION clearance_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL
        AND (OLD.account_id, OLD.content_hash, OLD.family, OLD.cleared_by_id, OLD.cleared_at, OLD.reason)
          IS NOT DISTINCT FROM
            (NEW.account_id, NEW.content_hash, NEW.family, NEW.cleared_by_id, NEW.cleared_at, NEW.reason)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'clearance is kept: % is refused, withdraw it', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER clearance_guard BEFORE UPDATE OR DELETE ON clearance
    FOR EACH ROW EXECUTE FUNCTION clearance_guard();

-- Two pauses of the same thing are one: what is begun twice at the same moment is begun once.
CREATE UNIQUE INDEX pause_running_once ON pause
    (account_id, capability, COALESCE(unit_id, 0), COALESCE(joint_sender_id, 0)) WHERE ended_at IS NULL;
