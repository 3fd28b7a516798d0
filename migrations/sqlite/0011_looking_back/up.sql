-- Records of one data class; most records are of none.
CREATE INDEX records_6 ON records (tenant_id, class, seq) WHERE class IS NOT NULL;
-- How much happened when, without reading the records themselves.
CREATE INDEX records_7 ON records (tenant_id, seq, act, outcome, at);
-- What ends when.
CREATE INDEX instructions_5 ON instructions (tenant_id, until, id) WHERE until IS NOT NULL;
