-- Roles that an organisation defines for itself. What one permits is the instruction that it names.
CREATE TABLE own_roles (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    scope text NOT NULL,
    excludes text NOT NULL,
    works_as text NOT NULL,
    instruction_id uuid NOT NULL,
    state text NOT NULL,
    created_at timestamptz NOT NULL,
    in_force_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, key)
);
CREATE INDEX own_roles_1 ON own_roles (tenant_id, instruction_id);
ALTER TABLE own_roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE own_roles FORCE ROW LEVEL SECURITY;
CREATE POLICY own_roles_tenant ON own_roles
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
