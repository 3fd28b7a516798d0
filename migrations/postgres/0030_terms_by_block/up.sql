-- Seven indexes made every record seven writes more, before its own answer was given. What records are searched by is now
-- kept by block of 256, once each, and by a job that comes after them; what it has not reached yet is read as it stands.
DROP INDEX records_1;
DROP INDEX records_2;
DROP INDEX records_3;
DROP INDEX records_4;
DROP INDEX records_5;
DROP INDEX records_6;
DROP INDEX records_7;
DROP TABLE record_subjects;

-- Records before this place have their terms below. A multiple of 256.
ALTER TABLE ledger_heads ADD COLUMN indexed bigint NOT NULL DEFAULT 0;

-- Block `block` has a record with this term: 1 object, 2 subject, 3 instruction, 4 actor, 5 class, 6 outcome, 7 act.
CREATE TABLE record_terms (
    tenant_id uuid NOT NULL,
    kind integer NOT NULL,
    term text NOT NULL,
    block bigint NOT NULL,
    PRIMARY KEY (tenant_id, kind, term, block)
);
ALTER TABLE record_terms ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_terms FORCE ROW LEVEL SECURITY;
CREATE POLICY record_terms_tenant ON record_terms
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
CREATE TRIGGER record_terms_no_change BEFORE UPDATE OR DELETE ON record_terms FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER record_terms_no_truncate BEFORE TRUNCATE ON record_terms FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- How many records of a block fell into one quarter of an hour, by act and outcome.
CREATE TABLE record_counts (
    tenant_id uuid NOT NULL,
    block bigint NOT NULL,
    quarter timestamptz NOT NULL,
    act text NOT NULL,
    outcome text NOT NULL,
    records bigint NOT NULL,
    PRIMARY KEY (tenant_id, block, quarter, act, outcome)
);
ALTER TABLE record_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_counts FORCE ROW LEVEL SECURITY;
CREATE POLICY record_counts_tenant ON record_counts
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
CREATE TRIGGER record_counts_no_change BEFORE UPDATE OR DELETE ON record_counts FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER record_counts_no_truncate BEFORE TRUNCATE ON record_counts FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
