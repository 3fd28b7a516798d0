-- Roles that an organisation defines for itself. What one permits is the instruction that it names.
CREATE TABLE own_roles (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    key TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    scope TEXT NOT NULL,
    excludes TEXT NOT NULL,
    works_as TEXT NOT NULL,
    instruction_id BLOB NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    in_force_at INTEGER,
    ended_at INTEGER,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, key)
) WITHOUT ROWID;
CREATE INDEX own_roles_1 ON own_roles (tenant_id, instruction_id);
