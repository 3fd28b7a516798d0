-- Who has what is certified: a list, once a quarter or by hand, and on it one line for each role and each grant beyond a role.
CREATE TABLE certifications (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    period TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    started_by BLOB,
    due_on TEXT NOT NULL,
    ends_at INTEGER NOT NULL,
    closed_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX certifications_1 ON certifications (tenant_id, state, ends_at);

CREATE TABLE certification_lines (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    certification_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    assignment_id BLOB,
    instruction_id BLOB,
    membership_id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    role TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    given_by BLOB,
    silence TEXT NOT NULL,
    state TEXT NOT NULL,
    decided_at INTEGER,
    decided_by BLOB,
    sealed_reason BLOB,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX certification_lines_1 ON certification_lines (tenant_id, certification_id, state, id);
CREATE INDEX certification_lines_2 ON certification_lines (tenant_id, certification_id, role, id);
