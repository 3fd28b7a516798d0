ALTER TABLE tenants ADD COLUMN policy_version bigint NOT NULL DEFAULT 0;
DROP TABLE decision_versions;
