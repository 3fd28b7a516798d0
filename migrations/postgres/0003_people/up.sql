-- People as one tenant knows them.
CREATE TABLE departments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    parent_id uuid,
    name text NOT NULL,
    external_ref text,
    created_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, external_ref)
);
CREATE INDEX departments_1 ON departments (tenant_id, parent_id);
ALTER TABLE departments ENABLE ROW LEVEL SECURITY;
ALTER TABLE departments FORCE ROW LEVEL SECURITY;
CREATE POLICY departments_tenant ON departments
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

-- A person as this tenant knows them (gbt35273-3.3).
CREATE TABLE subjects (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    sealed_name bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX subjects_1 ON subjects (tenant_id, person_id);
ALTER TABLE subjects ENABLE ROW LEVEL SECURITY;
ALTER TABLE subjects FORCE ROW LEVEL SECURITY;
CREATE POLICY subjects_tenant ON subjects
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE memberships (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subject_id uuid NOT NULL,
    account_id uuid,
    account_kind text NOT NULL,
    staff_number text NOT NULL,
    department_id uuid,
    position text NOT NULL,
    manager_id uuid,
    first_day date NOT NULL,
    last_day date,
    leave_reason text,
    state text NOT NULL,
    facts_at timestamptz NOT NULL,
    leaving_at timestamptz,
    created_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX memberships_1 ON memberships (tenant_id, staff_number, first_day);
CREATE INDEX memberships_2 ON memberships (tenant_id, subject_id);
CREATE INDEX memberships_3 ON memberships (tenant_id, department_id);
CREATE INDEX memberships_4 ON memberships (tenant_id, manager_id);
CREATE INDEX memberships_5 ON memberships (tenant_id, state, id);
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;
CREATE POLICY memberships_tenant ON memberships
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE role_assignments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    membership_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    role text NOT NULL,
    via text NOT NULL,
    granted_by uuid,
    granted_at timestamptz NOT NULL,
    until timestamptz,
    revoked_at timestamptz,
    revoked_by uuid,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX role_assignments_1 ON role_assignments (tenant_id, membership_id);
CREATE INDEX role_assignments_2 ON role_assignments (tenant_id, subject_id);
CREATE INDEX role_assignments_3 ON role_assignments (tenant_id, role);
ALTER TABLE role_assignments ENABLE ROW LEVEL SECURITY;
ALTER TABLE role_assignments FORCE ROW LEVEL SECURITY;
CREATE POLICY role_assignments_tenant ON role_assignments
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
