-- A complaint, an HR case, an incident: opens one person's data to whom it is assigned, and closes it with itself. What it
-- permits is an instruction of its own, which comes and goes with the case.
CREATE TABLE cases (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    subject_id uuid NOT NULL,
    assignee_id uuid NOT NULL,
    assignee_subject_id uuid NOT NULL,
    opened_by uuid NOT NULL,
    opened_by_subject_id uuid NOT NULL,
    scope text NOT NULL,
    sealed_matter bytea NOT NULL,
    instruction_id uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by uuid,
    sealed_outcome bytea,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX cases_1 ON cases (tenant_id, assignee_id, state, id);
CREATE INDEX cases_2 ON cases (tenant_id, state, id);
CREATE INDEX cases_3 ON cases (tenant_id, subject_id, id);
ALTER TABLE cases ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases FORCE ROW LEVEL SECURITY;
CREATE POLICY cases_tenant ON cases
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
