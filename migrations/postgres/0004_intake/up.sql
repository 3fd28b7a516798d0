-- What HR systems say: sources and the messages they sent.
CREATE TABLE sources (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    slug text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    sealed_secret bytea NOT NULL,
    sealed_previous_secret bytea,
    previous_until timestamptz,
    state text NOT NULL,
    created_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, slug)
);
ALTER TABLE sources ENABLE ROW LEVEL SECURITY;
ALTER TABLE sources FORCE ROW LEVEL SECURITY;
CREATE POLICY sources_tenant ON sources
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

CREATE TABLE messages (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    source_id uuid NOT NULL,
    message_id text NOT NULL,
    sent_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    body_hash bytea NOT NULL,
    sealed_body bytea NOT NULL,
    event text,
    staff_key bytea,
    state text NOT NULL,
    reason text,
    attempts integer NOT NULL DEFAULT 0,
    applied_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, source_id, message_id)
);
CREATE INDEX messages_1 ON messages (tenant_id, received_at, id);
CREATE INDEX messages_2 ON messages (tenant_id, state, received_at);
CREATE INDEX messages_3 ON messages (tenant_id, staff_key) WHERE staff_key IS NOT NULL;
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
CREATE POLICY messages_tenant ON messages
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

-- What waits for a person: nothing is lost silently.
CREATE TABLE attention (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    object_kind text NOT NULL,
    object_id text NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    raised_at timestamptz NOT NULL,
    resolved_at timestamptz,
    resolved_by uuid,
    note text,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX attention_1 ON attention (tenant_id, raised_at, id);
CREATE INDEX attention_2 ON attention (tenant_id, object_id);
ALTER TABLE attention ENABLE ROW LEVEL SECURITY;
ALTER TABLE attention FORCE ROW LEVEL SECURITY;
CREATE POLICY attention_tenant ON attention
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
