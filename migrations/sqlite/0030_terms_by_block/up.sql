-- Seven indexes made every record seven writes more, before its own answer was given. What records are searched by is now
-- kept by block of 256, once each, and by a job that comes after them; what it has not reached yet is read as it stands.
DROP INDEX records_1;
DROP INDEX records_2;
DROP INDEX records_3;
DROP INDEX records_4;
DROP INDEX records_5;
DROP INDEX records_6;
DROP INDEX records_7;
DROP TABLE record_subjects;

-- Records before this place have their terms below. A multiple of 256.
ALTER TABLE ledger_heads ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;

-- Block `block` has a record with this term: 1 object, 2 subject, 3 instruction, 4 actor, 5 class, 6 outcome, 7 act.
CREATE TABLE record_terms (
    tenant_id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    term TEXT NOT NULL,
    block INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, kind, term, block)
) WITHOUT ROWID;
CREATE TRIGGER record_terms_no_update BEFORE UPDATE ON record_terms BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER record_terms_no_delete BEFORE DELETE ON record_terms BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- How many records of a block fell into one quarter of an hour, by act and outcome.
CREATE TABLE record_counts (
    tenant_id BLOB NOT NULL,
    block INTEGER NOT NULL,
    quarter INTEGER NOT NULL,
    act TEXT NOT NULL,
    outcome TEXT NOT NULL,
    records INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, block, quarter, act, outcome)
) WITHOUT ROWID;
CREATE TRIGGER record_counts_no_update BEFORE UPDATE ON record_counts BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER record_counts_no_delete BEFORE DELETE ON record_counts BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER record_counts_no_replace BEFORE INSERT ON record_counts
    WHEN EXISTS (SELECT 1 FROM record_counts WHERE tenant_id = NEW.tenant_id AND block = NEW.block
        AND quarter = NEW.quarter AND act = NEW.act AND outcome = NEW.outcome)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
