-- People and their own data: sessions of those who have left, what somebody contests, and whom they can turn to.
ALTER TABLE sessions ADD COLUMN reach text NOT NULL DEFAULT 'member' CHECK (reach IN ('member', 'own_data'));

CREATE TABLE contests (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subject_id uuid NOT NULL,
    class text NOT NULL,
    holding_id uuid,
    -- The holding, or the class: of each, one contest at a time.
    target text NOT NULL,
    rule text NOT NULL,
    sealed_reason bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'upheld', 'rejected')),
    opened_at timestamptz NOT NULL,
    due_on date NOT NULL,
    decided_at timestamptz,
    decided_by uuid,
    sealed_answer bytea,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX contests_1 ON contests (tenant_id, subject_id, target) WHERE decided_at IS NULL;
CREATE INDEX contests_2 ON contests (tenant_id, state, due_on, id);
CREATE INDEX contests_3 ON contests (tenant_id, subject_id, id);
ALTER TABLE contests ENABLE ROW LEVEL SECURITY;
ALTER TABLE contests FORCE ROW LEVEL SECURITY;
CREATE POLICY contests_tenant ON contests
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE notice_contacts (
    tenant_id uuid NOT NULL,
    -- Room for others, such as a branch's own.
    place text NOT NULL,
    contact text NOT NULL,
    authority text NOT NULL,
    changed_by uuid,
    changed_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, place)
);
ALTER TABLE notice_contacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice_contacts FORCE ROW LEVEL SECURITY;
CREATE POLICY notice_contacts_tenant ON notice_contacts
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE holding_sides ADD COLUMN contest_id uuid;
