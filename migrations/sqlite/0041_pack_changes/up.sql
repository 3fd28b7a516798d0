-- Which pack was in force when: what excluded what is judged by the rules of that day.
CREATE TABLE pack_changes (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    pack_before TEXT NOT NULL,
    pack_after TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) WITHOUT ROWID;
