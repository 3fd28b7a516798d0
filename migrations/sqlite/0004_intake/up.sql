-- What HR systems say: sources and the messages they sent.
CREATE TABLE sources (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    slug TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    sealed_secret BLOB NOT NULL,
    sealed_previous_secret BLOB,
    previous_until INTEGER,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, slug)
) WITHOUT ROWID;

CREATE TABLE messages (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    source_id BLOB NOT NULL,
    message_id TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    body_hash BLOB NOT NULL,
    sealed_body BLOB NOT NULL,
    event TEXT,
    staff_key BLOB,
    state TEXT NOT NULL,
    reason TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    applied_at INTEGER,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, source_id, message_id)
);
CREATE INDEX messages_1 ON messages (tenant_id, received_at, id);
CREATE INDEX messages_2 ON messages (tenant_id, state, received_at);
CREATE INDEX messages_3 ON messages (tenant_id, staff_key) WHERE staff_key IS NOT NULL;

-- What waits for a person: nothing is lost silently.
CREATE TABLE attention (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    resolved_at INTEGER,
    resolved_by BLOB,
    note TEXT,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX attention_1 ON attention (tenant_id, raised_at, id);
CREATE INDEX attention_2 ON attention (tenant_id, object_id);
