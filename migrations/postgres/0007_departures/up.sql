-- The day somebody leaves.
CREATE TABLE departures (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    membership_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    state text NOT NULL,
    last_day date NOT NULL,
    effective_at timestamptz NOT NULL,
    reason text,
    successor_id uuid,
    planned_by uuid,
    planned_by_subject uuid,
    access_ended_at timestamptz,
    opened_at timestamptz NOT NULL,
    submitted_at timestamptz,
    approved_at timestamptz,
    finished_at timestamptz,
    certificate_id uuid,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX departures_1 ON departures (tenant_id, membership_id);
CREATE INDEX departures_2 ON departures (tenant_id, state, effective_at);
CREATE INDEX departures_3 ON departures (tenant_id, effective_at, id);
ALTER TABLE departures ENABLE ROW LEVEL SECURITY;
ALTER TABLE departures FORCE ROW LEVEL SECURITY;
CREATE POLICY departures_tenant ON departures
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE departure_lines (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    departure_id uuid NOT NULL,
    position integer NOT NULL,
    group_key text NOT NULL,
    class text NOT NULL,
    controller text NOT NULL,
    settled boolean NOT NULL,
    connector_id uuid,
    disposition text NOT NULL,
    successor_id uuid,
    retain_until date,
    then_disposition text,
    then_on date,
    hidden_from_leaver boolean NOT NULL,
    other_sides bigint NOT NULL,
    destructive boolean NOT NULL,
    needs_approval boolean NOT NULL,
    holdings bigint NOT NULL,
    items bigint NOT NULL,
    bytes bigint NOT NULL,
    first_at timestamptz,
    last_at timestamptz,
    holds text NOT NULL,
    rules text NOT NULL,
    clauses text NOT NULL,
    reason_zh text NOT NULL,
    reason_en text NOT NULL,
    changeable_to text NOT NULL,
    instruction_id uuid,
    order_id uuid,
    state text NOT NULL,
    changed_by uuid,
    changed_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX departure_lines_1 ON departure_lines (tenant_id, departure_id, position);
ALTER TABLE departure_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE departure_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY departure_lines_tenant ON departure_lines
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE certificates (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    departure_id uuid NOT NULL,
    document text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX certificates_1 ON certificates (tenant_id, departure_id);
ALTER TABLE certificates ENABLE ROW LEVEL SECURITY;
ALTER TABLE certificates FORCE ROW LEVEL SECURITY;
CREATE POLICY certificates_tenant ON certificates
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
