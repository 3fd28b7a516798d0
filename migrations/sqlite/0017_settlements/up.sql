-- What the source documents leave open, one question for all that is alike, and how it was settled.
CREATE TABLE questions (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    key TEXT NOT NULL,
    class TEXT NOT NULL,
    rule TEXT NOT NULL,
    pack TEXT NOT NULL,
    facts TEXT NOT NULL,
    controller TEXT,
    settlement_id BLOB,
    opened_at INTEGER NOT NULL,
    settled_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, key)
) WITHOUT ROWID;

CREATE TABLE settlements (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    question_id BLOB NOT NULL,
    controller TEXT NOT NULL,
    sealed_reason BLOB NOT NULL,
    settled_by BLOB,
    settled_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, question_id, id)
) WITHOUT ROWID;

ALTER TABLE holding_sides ADD COLUMN question_id BLOB;
CREATE INDEX holding_sides_4 ON holding_sides (tenant_id, question_id, subject_id, holding_id)
    WHERE question_id IS NOT NULL;
ALTER TABLE rulings ADD COLUMN settlement_id BLOB;
