-- What was exported is public elsewhere: it is only ever added to. The function is of migration 0002.
CREATE TRIGGER statement_of_reasons_kept BEFORE UPDATE OR DELETE ON statement_of_reasons
    FOR EACH STATEMENT EXECUTE FUNCTION enforcement_refuse();
