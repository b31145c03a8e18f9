-- What was decided under a clause or by a class must stay readable as it was: neither changes, neither goes away.
-- ALWAYS: session_replication_role = replica does not switch these triggers off.

CREATE FUNCTION policy_clause_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    latest policy_clause%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO latest FROM policy_clause WHERE code = NEW.code ORDER BY version DESC LIMIT 1;
        IF NEW.version <> COALESCE(latest.version, 0) + 1 THEN
            RAISE EXCEPTION 'policy_clause %: the next version is %', NEW.code, COALESCE(latest.version, 0) + 1
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF latest.version IS NOT NULL AND latest.effective_to IS DISTINCT FROM NEW.effective_from THEN
            RAISE EXCEPTION 'policy_clause %: version % begins exactly where the one before it ends',
                NEW.code, NEW.version USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.effective_to IS NULL AND NEW.effective_to IS NOT NULL
        AND (OLD.id, OLD.code, OLD.version, OLD.effective_from, OLD.texts, OLD.dsa_category, OLD.dsa_keywords,
             OLD.ground, OLD.hash, OLD.created_at)
          IS NOT DISTINCT FROM
            (NEW.id, NEW.code, NEW.version, NEW.effective_from, NEW.texts, NEW.dsa_category, NEW.dsa_keywords,
             NEW.ground, NEW.hash, NEW.created_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'policy_clause is immutable: % is refused, publish a new version', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER policy_clause_immutable BEFORE INSERT OR UPDATE OR DELETE ON policy_clause
    FOR EACH ROW EXECUTE FUNCTION policy_clause_guard();
ALTER TABLE policy_clause ENABLE ALWAYS TRIGGER policy_clause_immutable;

CREATE FUNCTION content_class_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'content_class is immutable: % is refused, make a new version', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER content_class_immutable BEFORE UPDATE OR DELETE ON content_class
    FOR EACH STATEMENT EXECUTE FUNCTION content_class_refuse();
ALTER TABLE content_class ENABLE ALWAYS TRIGGER content_class_immutable;
