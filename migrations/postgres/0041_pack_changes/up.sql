-- Which pack was in force when: what excluded what is judged by the rules of that day.
CREATE TABLE pack_changes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    pack_before text NOT NULL,
    pack_after text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
ALTER TABLE pack_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE pack_changes FORCE ROW LEVEL SECURITY;
CREATE POLICY pack_changes_tenant ON pack_changes
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
