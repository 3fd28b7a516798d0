-- Instructions, approvals, and the orders that carry them out.
CREATE TABLE instructions (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    action TEXT NOT NULL,
    state TEXT NOT NULL,
    purpose TEXT NOT NULL,
    scope TEXT NOT NULL,
    sealed_reason BLOB,
    author_id BLOB,
    author_subject_id BLOB,
    executor_subject_id BLOB,
    sensitive INTEGER NOT NULL,
    subjects INTEGER NOT NULL,
    holdings INTEGER NOT NULL,
    approval_rule TEXT NOT NULL,
    needs TEXT NOT NULL,
    origin_kind TEXT NOT NULL,
    origin_id BLOB,
    created_at INTEGER NOT NULL,
    submitted_at INTEGER,
    expires_at INTEGER,
    in_force_at INTEGER,
    until INTEGER,
    ended_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX instructions_1 ON instructions (tenant_id, state, created_at, id);
CREATE INDEX instructions_2 ON instructions (tenant_id, origin_id);
CREATE INDEX instructions_3 ON instructions (tenant_id, created_at, id);

CREATE TABLE approvals (
    tenant_id BLOB NOT NULL,
    instruction_id BLOB NOT NULL,
    approver_id BLOB NOT NULL,
    approver_subject_id BLOB NOT NULL,
    role TEXT NOT NULL,
    decision TEXT NOT NULL,
    sealed_reason BLOB,
    decided_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, instruction_id, approver_subject_id)
) WITHOUT ROWID;

CREATE TABLE orders (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    instruction_id BLOB NOT NULL,
    action TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    state TEXT NOT NULL,
    selector TEXT NOT NULL,
    total INTEGER NOT NULL,
    done INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    origin_kind TEXT NOT NULL,
    origin_id BLOB,
    line_id BLOB,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX orders_1 ON orders (tenant_id, instruction_id);
CREATE INDEX orders_2 ON orders (tenant_id, origin_id);
CREATE INDEX orders_3 ON orders (tenant_id, state, created_at);

CREATE TABLE order_items (
    tenant_id BLOB NOT NULL,
    order_id BLOB NOT NULL,
    holding_id BLOB NOT NULL,
    state TEXT NOT NULL,
    delivery_id BLOB,
    outcome TEXT,
    done_at INTEGER,
    PRIMARY KEY (tenant_id, order_id, holding_id)
) WITHOUT ROWID;
CREATE INDEX order_items_1 ON order_items (tenant_id, order_id, state);
CREATE INDEX order_items_2 ON order_items (tenant_id, delivery_id) WHERE delivery_id IS NOT NULL;

CREATE TABLE deliveries (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    connector_id BLOB NOT NULL,
    order_id BLOB NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_status TEXT,
    created_at INTEGER NOT NULL,
    sent_at INTEGER,
    acknowledged_at INTEGER,
    reported_at INTEGER,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX deliveries_1 ON deliveries (tenant_id, order_id);
CREATE INDEX deliveries_2 ON deliveries (tenant_id, state, created_at);
