-- What changes after data came to be: an organisation's settings, the features it has switched on, and consents.
ALTER TABLE tenants ADD COLUMN version bigint NOT NULL DEFAULT 1;

CREATE TABLE feature_periods (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    feature text NOT NULL,
    from_at timestamptz NOT NULL,
    until_at timestamptz,
    PRIMARY KEY (tenant_id, id)
);
ALTER TABLE feature_periods ENABLE ROW LEVEL SECURITY;
ALTER TABLE feature_periods FORCE ROW LEVEL SECURITY;
CREATE POLICY feature_periods_tenant ON feature_periods
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE consents (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subject_id uuid NOT NULL,
    class_pattern text NOT NULL,
    kind text NOT NULL,
    sealed_evidence bytea NOT NULL,
    given_at timestamptz NOT NULL,
    recorded_by uuid,
    withdrawn_at timestamptz,
    withdrawn_by uuid,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX consents_1 ON consents (tenant_id, subject_id, id);
ALTER TABLE consents ENABLE ROW LEVEL SECURITY;
ALTER TABLE consents FORCE ROW LEVEL SECURITY;
CREATE POLICY consents_tenant ON consents
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
