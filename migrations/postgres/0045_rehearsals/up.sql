-- What a change of instructions, roles, pack or features would do, rehearsed before it is made. `about` is the instruction, the
-- assignment or the membership whose change it is; empty for what has no id yet.
CREATE TABLE rehearsals (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    about text NOT NULL,
    change text NOT NULL,
    state text NOT NULL,
    days integer NOT NULL,
    law bigint NOT NULL,
    people bigint NOT NULL,
    position bigint NOT NULL,
    progress text NOT NULL,
    requested_by uuid,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX rehearsals_1 ON rehearsals (tenant_id, kind, about);
CREATE INDEX rehearsals_2 ON rehearsals (tenant_id, expires_at);
ALTER TABLE rehearsals ENABLE ROW LEVEL SECURITY;
ALTER TABLE rehearsals FORCE ROW LEVEL SECURITY;
CREATE POLICY rehearsals_tenant ON rehearsals
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
