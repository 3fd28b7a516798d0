DROP INDEX records_5;
CREATE INDEX records_5 ON records (tenant_id, outcome, seq);
