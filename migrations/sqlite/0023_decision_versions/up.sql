-- How often what decides was changed, tenant by tenant: whoever keeps some of it in memory sees here that it is over. One
-- row a tenant, written by the transaction that changes something; `changed` grows from change to change of any tenant.
CREATE TABLE decision_versions (
    tenant_id BLOB NOT NULL,
    law INTEGER NOT NULL,
    people INTEGER NOT NULL,
    holdings INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (tenant_id)
) WITHOUT ROWID;
CREATE INDEX decision_versions_1 ON decision_versions (changed);
ALTER TABLE tenants DROP COLUMN policy_version;
