-- A complaint, an HR case, an incident: opens one person's data to whom it is assigned, and closes it with itself. What it
-- permits is an instruction of its own, which comes and goes with the case.
CREATE TABLE cases (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    assignee_id BLOB NOT NULL,
    assignee_subject_id BLOB NOT NULL,
    opened_by BLOB NOT NULL,
    opened_by_subject_id BLOB NOT NULL,
    scope TEXT NOT NULL,
    sealed_matter BLOB NOT NULL,
    instruction_id BLOB NOT NULL,
    opened_at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    closed_at INTEGER,
    closed_by BLOB,
    sealed_outcome BLOB,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX cases_1 ON cases (tenant_id, assignee_id, state, id);
CREATE INDEX cases_2 ON cases (tenant_id, state, id);
CREATE INDEX cases_3 ON cases (tenant_id, subject_id, id);
