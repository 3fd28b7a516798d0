-- What changes after data came to be: an organisation's settings, the features it has switched on, and consents.
ALTER TABLE tenants ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE TABLE feature_periods (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    feature TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;

CREATE TABLE consents (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    class_pattern TEXT NOT NULL,
    kind TEXT NOT NULL,
    sealed_evidence BLOB NOT NULL,
    given_at INTEGER NOT NULL,
    recorded_by BLOB,
    withdrawn_at INTEGER,
    withdrawn_by BLOB,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX consents_1 ON consents (tenant_id, subject_id, id);
