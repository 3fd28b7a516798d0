ALTER TABLE tenants ADD COLUMN policy_version INTEGER NOT NULL DEFAULT 0;
DROP TABLE decision_versions;
