-- Who has what is certified: a list, once a quarter or by hand, and on it one line for each role and each grant beyond a role.
CREATE TABLE certifications (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    period text NOT NULL,
    state text NOT NULL,
    started_at timestamptz NOT NULL,
    started_by uuid,
    due_on date NOT NULL,
    ends_at timestamptz NOT NULL,
    closed_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX certifications_1 ON certifications (tenant_id, state, ends_at);
ALTER TABLE certifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE certifications FORCE ROW LEVEL SECURITY;
CREATE POLICY certifications_tenant ON certifications
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE certification_lines (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    certification_id uuid NOT NULL,
    kind text NOT NULL,
    assignment_id uuid,
    instruction_id uuid,
    membership_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    role text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    given_by uuid,
    silence text NOT NULL,
    state text NOT NULL,
    decided_at timestamptz,
    decided_by uuid,
    sealed_reason bytea,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX certification_lines_1 ON certification_lines (tenant_id, certification_id, state, id);
CREATE INDEX certification_lines_2 ON certification_lines (tenant_id, certification_id, role, id);
ALTER TABLE certification_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE certification_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY certification_lines_tenant ON certification_lines
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
