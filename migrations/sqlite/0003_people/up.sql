-- People as one tenant knows them.
CREATE TABLE departments (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    parent_id BLOB,
    name TEXT NOT NULL,
    external_ref TEXT,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, external_ref)
) WITHOUT ROWID;
CREATE INDEX departments_1 ON departments (tenant_id, parent_id);

-- A person as this tenant knows them (gbt35273-3.3).
CREATE TABLE subjects (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    sealed_name BLOB,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX subjects_1 ON subjects (tenant_id, person_id);

CREATE TABLE memberships (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    account_id BLOB,
    account_kind TEXT NOT NULL,
    staff_number TEXT NOT NULL,
    department_id BLOB,
    position TEXT NOT NULL,
    manager_id BLOB,
    first_day TEXT NOT NULL,
    last_day TEXT,
    leave_reason TEXT,
    state TEXT NOT NULL,
    facts_at INTEGER NOT NULL,
    leaving_at INTEGER,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX memberships_1 ON memberships (tenant_id, staff_number, first_day);
CREATE INDEX memberships_2 ON memberships (tenant_id, subject_id);
CREATE INDEX memberships_3 ON memberships (tenant_id, department_id);
CREATE INDEX memberships_4 ON memberships (tenant_id, manager_id);
CREATE INDEX memberships_5 ON memberships (tenant_id, state, id);

CREATE TABLE role_assignments (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    membership_id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    role TEXT NOT NULL,
    via TEXT NOT NULL,
    granted_by BLOB,
    granted_at INTEGER NOT NULL,
    until INTEGER,
    revoked_at INTEGER,
    revoked_by BLOB,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX role_assignments_1 ON role_assignments (tenant_id, membership_id);
CREATE INDEX role_assignments_2 ON role_assignments (tenant_id, subject_id);
CREATE INDEX role_assignments_3 ON role_assignments (tenant_id, role);
