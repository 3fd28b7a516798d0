-- What the source documents leave open, one question for all that is alike, and how it was settled.
CREATE TABLE questions (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    key text NOT NULL,
    class text NOT NULL,
    rule text NOT NULL,
    pack text NOT NULL,
    facts text NOT NULL,
    controller text,
    settlement_id uuid,
    opened_at timestamptz NOT NULL,
    settled_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, key)
);
ALTER TABLE questions ENABLE ROW LEVEL SECURITY;
ALTER TABLE questions FORCE ROW LEVEL SECURITY;
CREATE POLICY questions_tenant ON questions
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE settlements (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    question_id uuid NOT NULL,
    controller text NOT NULL,
    sealed_reason bytea NOT NULL,
    settled_by uuid,
    settled_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, question_id, id)
);
ALTER TABLE settlements ENABLE ROW LEVEL SECURITY;
ALTER TABLE settlements FORCE ROW LEVEL SECURITY;
CREATE POLICY settlements_tenant ON settlements
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

ALTER TABLE holding_sides ADD COLUMN question_id uuid;
CREATE INDEX holding_sides_4 ON holding_sides (tenant_id, question_id, subject_id, holding_id)
    WHERE question_id IS NOT NULL;
ALTER TABLE rulings ADD COLUMN settlement_id uuid;
