-- What is held about people, where it lives, and who controls it.
CREATE TABLE connectors (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    callback_url TEXT NOT NULL,
    sealed_secret BLOB NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
) WITHOUT ROWID;

CREATE TABLE holdings (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    class TEXT NOT NULL,
    connector_id BLOB,
    locator TEXT NOT NULL,
    items INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    first_at INTEGER,
    last_at INTEGER,
    occurred_at INTEGER NOT NULL,
    facts TEXT NOT NULL,
    state TEXT NOT NULL,
    payload BLOB,
    algorithm TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX holdings_1 ON holdings (tenant_id, connector_id, locator);
CREATE INDEX holdings_2 ON holdings (tenant_id, class, id);

-- One side of a holding: whose it is as far as this subject goes.
CREATE TABLE holding_sides (
    tenant_id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    holding_id BLOB NOT NULL,
    class TEXT NOT NULL,
    in_vault INTEGER NOT NULL,
    controller TEXT NOT NULL,
    rule TEXT NOT NULL,
    settled INTEGER NOT NULL,
    hidden_on_leaving INTEGER NOT NULL,
    state TEXT NOT NULL,
    successor_id BLOB,
    instruction_id BLOB,
    retain_until TEXT,
    ruled_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, subject_id, holding_id)
) WITHOUT ROWID;
CREATE INDEX holding_sides_1 ON holding_sides (tenant_id, holding_id);
CREATE INDEX holding_sides_3 ON holding_sides (tenant_id, subject_id, class);
CREATE INDEX holding_sides_2 ON holding_sides (tenant_id, retain_until) WHERE retain_until IS NOT NULL;

-- Every answer that was ever in force; the newest is on the side.
CREATE TABLE rulings (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    holding_id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    controller TEXT NOT NULL,
    rule TEXT NOT NULL,
    pack TEXT NOT NULL,
    clauses TEXT NOT NULL,
    facts TEXT NOT NULL,
    cause TEXT NOT NULL,
    ruled_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, holding_id, subject_id, id)
) WITHOUT ROWID;

-- Suspends every deletion or anonymisation it covers (dingtalk-5.1-4).
CREATE TABLE holds (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    subject_id BLOB,
    class_pattern TEXT,
    reason TEXT NOT NULL,
    instruction_id BLOB,
    placed_by BLOB,
    placed_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_by BLOB,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX holds_1 ON holds (tenant_id, subject_id);

CREATE TABLE inventories (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    connector_id BLOB NOT NULL,
    asked_at INTEGER NOT NULL,
    closed_at INTEGER,
    known INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX inventories_1 ON inventories (tenant_id, connector_id, asked_at);

-- There and not known; known and not there.
CREATE TABLE inventory_findings (
    tenant_id BLOB NOT NULL,
    inventory_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    locator TEXT NOT NULL,
    PRIMARY KEY (tenant_id, inventory_id, kind, locator)
) WITHOUT ROWID;

CREATE TABLE inventory_seen (
    tenant_id BLOB NOT NULL,
    inventory_id BLOB NOT NULL,
    locator TEXT NOT NULL,
    PRIMARY KEY (tenant_id, inventory_id, locator)
) WITHOUT ROWID;
