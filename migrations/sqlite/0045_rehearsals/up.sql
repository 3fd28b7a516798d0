-- What a change of instructions, roles, pack or features would do, rehearsed before it is made. `about` is the instruction, the
-- assignment or the membership whose change it is; empty for what has no id yet.
CREATE TABLE rehearsals (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    change TEXT NOT NULL,
    state TEXT NOT NULL,
    days INTEGER NOT NULL,
    law INTEGER NOT NULL,
    people INTEGER NOT NULL,
    position INTEGER NOT NULL,
    progress TEXT NOT NULL,
    requested_by BLOB,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
CREATE INDEX rehearsals_1 ON rehearsals (tenant_id, kind, about);
CREATE INDEX rehearsals_2 ON rehearsals (tenant_id, expires_at);
