-- Instructions, approvals, and the orders that carry them out.
CREATE TABLE instructions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    action text NOT NULL,
    state text NOT NULL,
    purpose text NOT NULL,
    scope text NOT NULL,
    sealed_reason bytea,
    author_id uuid,
    author_subject_id uuid,
    executor_subject_id uuid,
    sensitive boolean NOT NULL,
    subjects bigint NOT NULL,
    holdings bigint NOT NULL,
    approval_rule text NOT NULL,
    needs text NOT NULL,
    origin_kind text NOT NULL,
    origin_id uuid,
    created_at timestamptz NOT NULL,
    submitted_at timestamptz,
    expires_at timestamptz,
    in_force_at timestamptz,
    until timestamptz,
    ended_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX instructions_1 ON instructions (tenant_id, state, created_at, id);
CREATE INDEX instructions_2 ON instructions (tenant_id, origin_id);
CREATE INDEX instructions_3 ON instructions (tenant_id, created_at, id);
ALTER TABLE instructions ENABLE ROW LEVEL SECURITY;
ALTER TABLE instructions FORCE ROW LEVEL SECURITY;
CREATE POLICY instructions_tenant ON instructions
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE approvals (
    tenant_id uuid NOT NULL,
    instruction_id uuid NOT NULL,
    approver_id uuid NOT NULL,
    approver_subject_id uuid NOT NULL,
    role text NOT NULL,
    decision text NOT NULL,
    sealed_reason bytea,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, instruction_id, approver_subject_id)
);
ALTER TABLE approvals ENABLE ROW LEVEL SECURITY;
ALTER TABLE approvals FORCE ROW LEVEL SECURITY;
CREATE POLICY approvals_tenant ON approvals
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE orders (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    instruction_id uuid NOT NULL,
    action text NOT NULL,
    subject_id uuid NOT NULL,
    state text NOT NULL,
    selector text NOT NULL,
    total bigint NOT NULL,
    done bigint NOT NULL,
    failed bigint NOT NULL,
    origin_kind text NOT NULL,
    origin_id uuid,
    line_id uuid,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX orders_1 ON orders (tenant_id, instruction_id);
CREATE INDEX orders_2 ON orders (tenant_id, origin_id);
CREATE INDEX orders_3 ON orders (tenant_id, state, created_at);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders FORCE ROW LEVEL SECURITY;
CREATE POLICY orders_tenant ON orders
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE order_items (
    tenant_id uuid NOT NULL,
    order_id uuid NOT NULL,
    holding_id uuid NOT NULL,
    state text NOT NULL,
    delivery_id uuid,
    outcome text,
    done_at timestamptz,
    PRIMARY KEY (tenant_id, order_id, holding_id)
);
CREATE INDEX order_items_1 ON order_items (tenant_id, order_id, state);
CREATE INDEX order_items_2 ON order_items (tenant_id, delivery_id) WHERE delivery_id IS NOT NULL;
ALTER TABLE order_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_items FORCE ROW LEVEL SECURITY;
CREATE POLICY order_items_tenant ON order_items
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE deliveries (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    connector_id uuid NOT NULL,
    order_id uuid NOT NULL,
    body text NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    last_status text,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    acknowledged_at timestamptz,
    reported_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX deliveries_1 ON deliveries (tenant_id, order_id);
CREATE INDEX deliveries_2 ON deliveries (tenant_id, state, created_at);
ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY deliveries_tenant ON deliveries
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
