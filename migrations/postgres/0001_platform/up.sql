-- The platform itself: tenants, persons, accounts, sessions, keys, jobs. None of these belongs to one tenant.
CREATE TABLE tenants (
    id uuid NOT NULL,
    name text NOT NULL,
    slug text NOT NULL,
    time_zone text NOT NULL,
    locale text NOT NULL,
    pack text NOT NULL,
    algorithm text NOT NULL,
    state text NOT NULL,
    policy_version bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (slug)
);

-- One human being, once. No tenant can see this table.
CREATE TABLE persons (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id)
);

-- Which tenants know a person, so that sign-in asks these and not all. Unconfirmed until the person used that tenant's own
-- set-up link: whatever a tenant says about somebody does not prove who holds their account.
CREATE TABLE person_tenants (
    person_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    linked_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    PRIMARY KEY (person_id, tenant_id)
);

-- What a person signs in with. tenant_id is set for an enterprise account, which that tenant owns.
CREATE TABLE accounts (
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    kind text NOT NULL,
    tenant_id uuid,
    state text NOT NULL,
    password_hash text,
    failed_attempts integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX accounts_1 ON accounts (person_id);

-- E-mail addresses and phone numbers, found by a keyed index, never stored in the clear.
CREATE TABLE account_identifiers (
    blind_index bytea NOT NULL,
    account_id uuid NOT NULL,
    kind text NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (blind_index)
);
CREATE INDEX account_identifiers_1 ON account_identifiers (account_id);

-- One-time links to set a password: no account has a default one.
CREATE TABLE setup_links (
    token_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (token_hash)
);

CREATE TABLE sessions (
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    membership_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    user_agent text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    PRIMARY KEY (id)
);
CREATE INDEX sessions_1 ON sessions (account_id, created_at);
CREATE INDEX sessions_2 ON sessions (tenant_id, membership_id);

CREATE TABLE refresh_tokens (
    token_hash bytea NOT NULL,
    session_id uuid NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (token_hash)
);
CREATE INDEX refresh_tokens_1 ON refresh_tokens (session_id);

CREATE TABLE signing_keys (
    kid text NOT NULL,
    sealed_private bytea NOT NULL,
    public_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL,
    retires_at timestamptz,
    PRIMARY KEY (kid)
);

CREATE TABLE api_keys (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL,
    scopes text NOT NULL,
    connector_id uuid,
    created_by uuid,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (token_hash)
);
CREATE INDEX api_keys_1 ON api_keys (tenant_id, created_at);

-- Which tenant a webhook address belongs to.
CREATE TABLE hook_routes (
    slug text NOT NULL,
    tenant_id uuid NOT NULL,
    source_id uuid NOT NULL,
    PRIMARY KEY (slug)
);

-- The key of what belongs to no tenant, wrapped by the master key.
CREATE TABLE platform_keys (
    id text NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id)
);

-- Each tenant's key, wrapped by the master key.
CREATE TABLE tenant_keys (
    tenant_id uuid NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id)
);

CREATE TABLE jobs (
    id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    payload text NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    lease_owner text,
    lease_until timestamptz,
    last_error text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (tenant_id, kind, key)
);
CREATE INDEX jobs_1 ON jobs (due_at);

CREATE TABLE idempotency_keys (
    tenant_id uuid NOT NULL,
    actor text NOT NULL,
    key text NOT NULL,
    act text NOT NULL,
    fingerprint text NOT NULL,
    answer bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, actor, key)
);
CREATE INDEX idempotency_keys_1 ON idempotency_keys (tenant_id, created_at);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY idempotency_keys_tenant ON idempotency_keys
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);

-- Data keys, one a subject and drawer, wrapped by the tenant's key. Erased means gone: wrapped is NULL.
CREATE TABLE subject_keys (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    drawer text NOT NULL,
    wrapped bytea,
    created_at timestamptz NOT NULL,
    erased_at timestamptz,
    PRIMARY KEY (tenant_id, subject_id, drawer)
);
ALTER TABLE subject_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE subject_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY subject_keys_tenant ON subject_keys
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
