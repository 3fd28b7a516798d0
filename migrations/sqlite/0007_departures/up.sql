-- The day somebody leaves.
CREATE TABLE departures (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    membership_id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    state TEXT NOT NULL,
    last_day TEXT NOT NULL,
    effective_at INTEGER NOT NULL,
    reason TEXT,
    successor_id BLOB,
    planned_by BLOB,
    planned_by_subject BLOB,
    access_ended_at INTEGER,
    opened_at INTEGER NOT NULL,
    submitted_at INTEGER,
    approved_at INTEGER,
    finished_at INTEGER,
    certificate_id BLOB,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX departures_1 ON departures (tenant_id, membership_id);
CREATE INDEX departures_2 ON departures (tenant_id, state, effective_at);
CREATE INDEX departures_3 ON departures (tenant_id, effective_at, id);

CREATE TABLE departure_lines (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    departure_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    group_key TEXT NOT NULL,
    class TEXT NOT NULL,
    controller TEXT NOT NULL,
    settled INTEGER NOT NULL,
    connector_id BLOB,
    disposition TEXT NOT NULL,
    successor_id BLOB,
    retain_until TEXT,
    then_disposition TEXT,
    then_on TEXT,
    hidden_from_leaver INTEGER NOT NULL,
    other_sides INTEGER NOT NULL,
    destructive INTEGER NOT NULL,
    needs_approval INTEGER NOT NULL,
    holdings INTEGER NOT NULL,
    items INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    first_at INTEGER,
    last_at INTEGER,
    holds TEXT NOT NULL,
    rules TEXT NOT NULL,
    clauses TEXT NOT NULL,
    reason_zh TEXT NOT NULL,
    reason_en TEXT NOT NULL,
    changeable_to TEXT NOT NULL,
    instruction_id BLOB,
    order_id BLOB,
    state TEXT NOT NULL,
    changed_by BLOB,
    changed_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX departure_lines_1 ON departure_lines (tenant_id, departure_id, position);

CREATE TABLE certificates (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    departure_id BLOB NOT NULL,
    document TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX certificates_1 ON certificates (tenant_id, departure_id);
