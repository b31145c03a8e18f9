-- What was told, and what became of it, stays as it was: both tables are only ever added to.
CREATE TRIGGER notice_kept BEFORE UPDATE OR DELETE ON notice
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
CREATE TRIGGER notice_event_kept BEFORE UPDATE OR DELETE ON notice_event
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
