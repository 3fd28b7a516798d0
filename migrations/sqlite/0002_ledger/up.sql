-- The ledger: records in order, blocks of 256, signed checkpoints. Append-only in the database itself (gbt35273-11.7-d).
-- The next place, how far the ledger is sealed, and the tree's growing edge there. Updating it is the lock that puts
-- commits in order.
CREATE TABLE ledger_heads (
    tenant_id BLOB NOT NULL,
    ledger INTEGER NOT NULL DEFAULT 0,
    next_seq INTEGER NOT NULL,
    sealed INTEGER NOT NULL,
    edge TEXT NOT NULL,
    PRIMARY KEY (tenant_id, ledger)
) WITHOUT ROWID;

CREATE TABLE records (
    tenant_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    id BLOB NOT NULL,
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    object_kind TEXT,
    object TEXT,
    class TEXT,
    instruction TEXT,
    outcome TEXT NOT NULL,
    body TEXT NOT NULL,
    leaf_hash BLOB NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX records_1 ON records (tenant_id, act, seq);
CREATE INDEX records_2 ON records (tenant_id, actor, seq);
CREATE INDEX records_3 ON records (tenant_id, object, seq);
CREATE INDEX records_4 ON records (tenant_id, instruction, seq);
CREATE INDEX records_5 ON records (tenant_id, outcome, seq);
CREATE TRIGGER records_no_update BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER records_no_delete BEFORE DELETE ON records BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER records_no_replace BEFORE INSERT ON records
    WHEN EXISTS (SELECT 1 FROM records WHERE tenant_id = NEW.tenant_id AND seq = NEW.seq)
    OR EXISTS (SELECT 1 FROM records WHERE rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- Whose data a record is about: "who saw my data".
CREATE TABLE record_subjects (
    tenant_id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, subject_id, seq)
) WITHOUT ROWID;
CREATE TRIGGER record_subjects_no_update BEFORE UPDATE ON record_subjects BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER record_subjects_no_delete BEFORE DELETE ON record_subjects BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER record_subjects_no_replace BEFORE INSERT ON record_subjects
    WHEN EXISTS (SELECT 1 FROM record_subjects WHERE tenant_id = NEW.tenant_id AND subject_id = NEW.subject_id AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE ledger_blocks (
    tenant_id BLOB NOT NULL,
    block INTEGER NOT NULL,
    root BLOB NOT NULL,
    PRIMARY KEY (tenant_id, block)
) WITHOUT ROWID;
CREATE TRIGGER ledger_blocks_no_update BEFORE UPDATE ON ledger_blocks BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_blocks_no_delete BEFORE DELETE ON ledger_blocks BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_blocks_no_replace BEFORE INSERT ON ledger_blocks
    WHEN EXISTS (SELECT 1 FROM ledger_blocks WHERE tenant_id = NEW.tenant_id AND block = NEW.block)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE checkpoints (
    tenant_id BLOB NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    key_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, size)
) WITHOUT ROWID;
CREATE INDEX checkpoints_1 ON checkpoints (tenant_id, at);
CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER checkpoints_no_replace BEFORE INSERT ON checkpoints
    WHEN EXISTS (SELECT 1 FROM checkpoints WHERE tenant_id = NEW.tenant_id AND size = NEW.size)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE ledger_keys (
    tenant_id BLOB NOT NULL,
    key_id TEXT NOT NULL,
    sealed_private BLOB NOT NULL,
    verifier TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    retired_at INTEGER,
    PRIMARY KEY (tenant_id, key_id)
) WITHOUT ROWID;
