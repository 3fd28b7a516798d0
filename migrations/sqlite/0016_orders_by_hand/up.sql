-- Orders that an admin gives by hand: how far each has come, and the corrections that wait for their approval.
CREATE TABLE order_runs (
    tenant_id BLOB NOT NULL,
    instruction_id BLOB NOT NULL,
    state TEXT NOT NULL,
    orders INTEGER NOT NULL,
    package_until INTEGER,
    package_lines INTEGER,
    package_bytes INTEGER,
    package_sha256 TEXT,
    fetched_at INTEGER,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, instruction_id)
) WITHOUT ROWID;

CREATE TABLE corrections (
    tenant_id BLOB NOT NULL,
    instruction_id BLOB NOT NULL,
    holding_id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    class TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (tenant_id, instruction_id, holding_id)
) WITHOUT ROWID;
