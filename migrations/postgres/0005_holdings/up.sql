-- What is held about people, where it lives, and who controls it.
CREATE TABLE connectors (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    callback_url text NOT NULL,
    sealed_secret bytea NOT NULL,
    state text NOT NULL,
    created_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);
ALTER TABLE connectors ENABLE ROW LEVEL SECURITY;
ALTER TABLE connectors FORCE ROW LEVEL SECURITY;
CREATE POLICY connectors_tenant ON connectors
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE holdings (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    class text NOT NULL,
    connector_id uuid,
    locator text NOT NULL,
    items bigint NOT NULL,
    bytes bigint NOT NULL,
    first_at timestamptz,
    last_at timestamptz,
    occurred_at timestamptz NOT NULL,
    facts text NOT NULL,
    state text NOT NULL,
    payload bytea,
    algorithm text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX holdings_1 ON holdings (tenant_id, connector_id, locator);
CREATE INDEX holdings_2 ON holdings (tenant_id, class, id);
ALTER TABLE holdings ENABLE ROW LEVEL SECURITY;
ALTER TABLE holdings FORCE ROW LEVEL SECURITY;
CREATE POLICY holdings_tenant ON holdings
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

-- One side of a holding: whose it is as far as this subject goes.
CREATE TABLE holding_sides (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    holding_id uuid NOT NULL,
    class text NOT NULL,
    in_vault boolean NOT NULL,
    controller text NOT NULL,
    rule text NOT NULL,
    settled boolean NOT NULL,
    hidden_on_leaving boolean NOT NULL,
    state text NOT NULL,
    successor_id uuid,
    instruction_id uuid,
    retain_until date,
    ruled_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, subject_id, holding_id)
);
CREATE INDEX holding_sides_1 ON holding_sides (tenant_id, holding_id);
CREATE INDEX holding_sides_3 ON holding_sides (tenant_id, subject_id, class);
CREATE INDEX holding_sides_2 ON holding_sides (tenant_id, retain_until) WHERE retain_until IS NOT NULL;
ALTER TABLE holding_sides ENABLE ROW LEVEL SECURITY;
ALTER TABLE holding_sides FORCE ROW LEVEL SECURITY;
CREATE POLICY holding_sides_tenant ON holding_sides
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

-- Every answer that was ever in force; the newest is on the side.
CREATE TABLE rulings (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    holding_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    controller text NOT NULL,
    rule text NOT NULL,
    pack text NOT NULL,
    clauses text NOT NULL,
    facts text NOT NULL,
    cause text NOT NULL,
    ruled_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, holding_id, subject_id, id)
);
ALTER TABLE rulings ENABLE ROW LEVEL SECURITY;
ALTER TABLE rulings FORCE ROW LEVEL SECURITY;
CREATE POLICY rulings_tenant ON rulings
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

-- Suspends every deletion or anonymisation it covers (dingtalk-5.1-4).
CREATE TABLE holds (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subject_id uuid,
    class_pattern text,
    reason text NOT NULL,
    instruction_id uuid,
    placed_by uuid,
    placed_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by uuid,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX holds_1 ON holds (tenant_id, subject_id);
ALTER TABLE holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE holds FORCE ROW LEVEL SECURITY;
CREATE POLICY holds_tenant ON holds
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE inventories (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    connector_id uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    closed_at timestamptz,
    known bigint NOT NULL,
    seen bigint NOT NULL,
    state text NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX inventories_1 ON inventories (tenant_id, connector_id, asked_at);
ALTER TABLE inventories ENABLE ROW LEVEL SECURITY;
ALTER TABLE inventories FORCE ROW LEVEL SECURITY;
CREATE POLICY inventories_tenant ON inventories
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

-- There and not known; known and not there.
CREATE TABLE inventory_findings (
    tenant_id uuid NOT NULL,
    inventory_id uuid NOT NULL,
    kind text NOT NULL,
    locator text NOT NULL,
    PRIMARY KEY (tenant_id, inventory_id, kind, locator)
);
ALTER TABLE inventory_findings ENABLE ROW LEVEL SECURITY;
ALTER TABLE inventory_findings FORCE ROW LEVEL SECURITY;
CREATE POLICY inventory_findings_tenant ON inventory_findings
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE inventory_seen (
    tenant_id uuid NOT NULL,
    inventory_id uuid NOT NULL,
    locator text NOT NULL,
    PRIMARY KEY (tenant_id, inventory_id, locator)
);
ALTER TABLE inventory_seen ENABLE ROW LEVEL SECURITY;
ALTER TABLE inventory_seen FORCE ROW LEVEL SECURITY;
CREATE POLICY inventory_seen_tenant ON inventory_seen
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
