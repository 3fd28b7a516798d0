-- How often what decides was changed, tenant by tenant: whoever keeps some of it in memory sees here that it is over. One
-- row a tenant, written by the transaction that changes something; `changed` is its number, so that the rows changed since
-- a look are found by it, also those whose transaction was open at that look.
CREATE TABLE decision_versions (
    tenant_id uuid NOT NULL,
    law bigint NOT NULL,
    people bigint NOT NULL,
    holdings bigint NOT NULL,
    changed bigint NOT NULL,
    PRIMARY KEY (tenant_id)
);
CREATE INDEX decision_versions_1 ON decision_versions (changed);
ALTER TABLE tenants DROP COLUMN policy_version;
