-- The ledger: records in order, blocks of 256, signed checkpoints. Append-only in the database itself (gbt35273-11.7-d).
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;

-- The next place, how far the ledger is sealed, and the tree's growing edge there. Updating it is the lock that puts
-- commits in order.
CREATE TABLE ledger_heads (
    tenant_id uuid NOT NULL,
    ledger integer NOT NULL DEFAULT 0,
    next_seq bigint NOT NULL,
    sealed bigint NOT NULL,
    edge text NOT NULL,
    PRIMARY KEY (tenant_id, ledger)
);
ALTER TABLE ledger_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_heads FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_heads_tenant ON ledger_heads
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE records (
    tenant_id uuid NOT NULL,
    seq bigint NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor text NOT NULL,
    act text NOT NULL,
    object_kind text,
    object text,
    class text,
    instruction text,
    outcome text NOT NULL,
    body text NOT NULL,
    leaf_hash bytea NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX records_1 ON records (tenant_id, act, seq);
CREATE INDEX records_2 ON records (tenant_id, actor, seq);
CREATE INDEX records_3 ON records (tenant_id, object, seq);
CREATE INDEX records_4 ON records (tenant_id, instruction, seq);
CREATE INDEX records_5 ON records (tenant_id, outcome, seq);
ALTER TABLE records ENABLE ROW LEVEL SECURITY;
ALTER TABLE records FORCE ROW LEVEL SECURITY;
CREATE POLICY records_tenant ON records
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
CREATE TRIGGER records_no_change BEFORE UPDATE OR DELETE ON records FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER records_no_truncate BEFORE TRUNCATE ON records FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- Whose data a record is about: "who saw my data".
CREATE TABLE record_subjects (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (tenant_id, subject_id, seq)
);
ALTER TABLE record_subjects ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_subjects FORCE ROW LEVEL SECURITY;
CREATE POLICY record_subjects_tenant ON record_subjects
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
CREATE TRIGGER record_subjects_no_change BEFORE UPDATE OR DELETE ON record_subjects FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER record_subjects_no_truncate BEFORE TRUNCATE ON record_subjects FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

CREATE TABLE ledger_blocks (
    tenant_id uuid NOT NULL,
    block bigint NOT NULL,
    root bytea NOT NULL,
    PRIMARY KEY (tenant_id, block)
);
ALTER TABLE ledger_blocks ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_blocks FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_blocks_tenant ON ledger_blocks
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
CREATE TRIGGER ledger_blocks_no_change BEFORE UPDATE OR DELETE ON ledger_blocks FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_blocks_no_truncate BEFORE TRUNCATE ON ledger_blocks FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

CREATE TABLE checkpoints (
    tenant_id uuid NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL,
    key_id text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, size)
);
CREATE INDEX checkpoints_1 ON checkpoints (tenant_id, at);
ALTER TABLE checkpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE checkpoints FORCE ROW LEVEL SECURITY;
CREATE POLICY checkpoints_tenant ON checkpoints
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
CREATE TRIGGER checkpoints_no_change BEFORE UPDATE OR DELETE ON checkpoints FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER checkpoints_no_truncate BEFORE TRUNCATE ON checkpoints FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

CREATE TABLE ledger_keys (
    tenant_id uuid NOT NULL,
    key_id text NOT NULL,
    sealed_private bytea NOT NULL,
    verifier text NOT NULL,
    created_at timestamptz NOT NULL,
    retired_at timestamptz,
    PRIMARY KEY (tenant_id, key_id)
);
ALTER TABLE ledger_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_keys_tenant ON ledger_keys
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
