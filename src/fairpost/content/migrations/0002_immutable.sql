-- A version that mail was or will be sent from stays what it was: clearances, statements of reasons and reports quote it.
CREATE FUNCTION content_version_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'content_version is immutable: % is refused, save a new version', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER content_version_immutable BEFORE UPDATE OR DELETE ON content_version
    FOR EACH STATEMENT EXECUTE FUNCTION content_version_refuse();
