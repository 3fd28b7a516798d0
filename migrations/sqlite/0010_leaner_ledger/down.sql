CREATE TRIGGER record_subjects_no_replace BEFORE INSERT ON record_subjects
    WHEN EXISTS (SELECT 1 FROM record_subjects WHERE tenant_id = NEW.tenant_id AND subject_id = NEW.subject_id AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
DROP INDEX records_5;
CREATE INDEX records_5 ON records (tenant_id, outcome, seq);
