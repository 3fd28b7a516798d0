DROP TABLE consents;
DROP TABLE feature_periods;
ALTER TABLE tenants DROP COLUMN version;
