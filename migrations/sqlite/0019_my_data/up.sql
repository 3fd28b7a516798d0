-- People and their own data: sessions of those who have left, what somebody contests, and whom they can turn to.
ALTER TABLE sessions ADD COLUMN reach TEXT NOT NULL DEFAULT 'member' CHECK (reach IN ('member', 'own_data'));

CREATE TABLE contests (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    class TEXT NOT NULL,
    holding_id BLOB,
    -- The holding, or the class: of each, one contest at a time.
    target TEXT NOT NULL,
    rule TEXT NOT NULL,
    sealed_reason BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'upheld', 'rejected')),
    opened_at INTEGER NOT NULL,
    due_on TEXT NOT NULL,
    decided_at INTEGER,
    decided_by BLOB,
    sealed_answer BLOB,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX contests_1 ON contests (tenant_id, subject_id, target) WHERE decided_at IS NULL;
CREATE INDEX contests_2 ON contests (tenant_id, state, due_on, id);
CREATE INDEX contests_3 ON contests (tenant_id, subject_id, id);

CREATE TABLE notice_contacts (
    tenant_id BLOB NOT NULL,
    -- Room for others, such as a branch's own.
    place TEXT NOT NULL,
    contact TEXT NOT NULL,
    authority TEXT NOT NULL,
    changed_by BLOB,
    changed_at INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, place)
) WITHOUT ROWID;

ALTER TABLE holding_sides ADD COLUMN contest_id BLOB;
