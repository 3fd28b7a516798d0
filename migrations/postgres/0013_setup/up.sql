-- Steps of the set-up that somebody has to say are done, because nothing shows it by itself.
CREATE TABLE setup_steps (
    tenant_id uuid NOT NULL,
    step text NOT NULL,
    confirmed_at timestamptz NOT NULL,
    confirmed_by uuid,
    PRIMARY KEY (tenant_id, step)
);
ALTER TABLE setup_steps ENABLE ROW LEVEL SECURITY;
ALTER TABLE setup_steps FORCE ROW LEVEL SECURITY;
CREATE POLICY setup_steps_tenant ON setup_steps
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
CREATE INDEX person_tenants_1 ON person_tenants (tenant_id, confirmed_at);
CREATE INDEX setup_links_1 ON setup_links (tenant_id);
CREATE INDEX messages_4 ON messages (tenant_id, source_id, received_at);
