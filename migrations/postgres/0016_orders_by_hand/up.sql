-- Orders that an admin gives by hand: how far each has come, and the corrections that wait for their approval.
CREATE TABLE order_runs (
    tenant_id uuid NOT NULL,
    instruction_id uuid NOT NULL,
    state text NOT NULL,
    orders bigint NOT NULL,
    package_until timestamptz,
    package_lines bigint,
    package_bytes bigint,
    package_sha256 text,
    fetched_at timestamptz,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, instruction_id)
);
ALTER TABLE order_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY order_runs_tenant ON order_runs
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE corrections (
    tenant_id uuid NOT NULL,
    instruction_id uuid NOT NULL,
    holding_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    class text NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (tenant_id, instruction_id, holding_id)
);
ALTER TABLE corrections ENABLE ROW LEVEL SECURITY;
ALTER TABLE corrections FORCE ROW LEVEL SECURITY;
CREATE POLICY corrections_tenant ON corrections
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
