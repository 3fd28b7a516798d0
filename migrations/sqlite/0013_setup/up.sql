-- Steps of the set-up that somebody has to say are done, because nothing shows it by itself.
CREATE TABLE setup_steps (
    tenant_id BLOB NOT NULL,
    step TEXT NOT NULL,
    confirmed_at INTEGER NOT NULL,
    confirmed_by BLOB,
    PRIMARY KEY (tenant_id, step)
) WITHOUT ROWID;
CREATE INDEX person_tenants_1 ON person_tenants (tenant_id, confirmed_at);
CREATE INDEX setup_links_1 ON setup_links (tenant_id);
CREATE INDEX messages_4 ON messages (tenant_id, source_id, received_at);
