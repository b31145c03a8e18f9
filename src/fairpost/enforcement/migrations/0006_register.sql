-- What the register stated stays; what an order was and what was done about it, too.
CREATE TRIGGER register_entry_kept BEFORE UPDATE OR DELETE ON register_entry
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER register_party_kept BEFORE UPDATE OR DELETE ON register_party
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER register_statement_kept BEFORE UPDATE OR DELETE ON register_statement
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER legal_order_kept BEFORE UPDATE OR DELETE ON legal_order
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER legal_order_act_kept BEFORE UPDATE OR DELETE ON legal_order_act
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();

-- A seal and a keeping out are ended once, by a person, and changed in nothing else.
CREATE FUNCTION register_end_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.ended_by_id IS NOT NULL
        AND to_jsonb(OLD) - 'ended_at' - 'ended_by_id' = to_jsonb(NEW) - 'ended_at' - 'ended_by_id'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% can only be ended, once: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER register_seal_ends_once BEFORE UPDATE OR DELETE ON register_seal
    FOR EACH ROW EXECUTE FUNCTION register_end_once();
CREATE TRIGGER register_keep_out_ends_once BEFORE UPDATE OR DELETE ON register_keep_out
    FOR EACH ROW EXECUTE FUNCTION register_end_once();

-- Only an order that forbids disclosure keeps anything out.
CREATE FUNCTION register_keep_out_needs_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM legal_order AS o WHERE o.id = NEW.order_id AND o.forbids_disclosure) THEN
        RAISE EXCEPTION 'order % does not forbid disclosure', NEW.order_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'register_keep_out_needs_order';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER register_keep_out_needs_order BEFORE INSERT ON register_keep_out
    FOR EACH ROW EXECUTE FUNCTION register_keep_out_needs_order();
