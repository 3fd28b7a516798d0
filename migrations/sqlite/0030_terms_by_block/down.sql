DROP TABLE record_counts;
DROP TABLE record_terms;
ALTER TABLE ledger_heads DROP COLUMN indexed;
CREATE TABLE record_subjects (
    tenant_id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, subject_id, seq)
) WITHOUT ROWID;
CREATE INDEX records_1 ON records (tenant_id, act, seq);
CREATE INDEX records_2 ON records (tenant_id, actor, seq);
CREATE INDEX records_3 ON records (tenant_id, object, seq);
CREATE INDEX records_4 ON records (tenant_id, instruction, seq);
CREATE INDEX records_5 ON records (tenant_id, outcome, seq) WHERE outcome <> 'permitted';
CREATE INDEX records_6 ON records (tenant_id, class, seq) WHERE class IS NOT NULL;
CREATE INDEX records_7 ON records (tenant_id, seq, act, outcome, at);
