-- The platform itself: tenants, persons, accounts, sessions, keys, jobs. None of these belongs to one tenant.
CREATE TABLE tenants (
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    locale TEXT NOT NULL,
    pack TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    state TEXT NOT NULL,
    policy_version INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (slug)
);

-- One human being, once. No tenant can see this table.
CREATE TABLE persons (
    id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (id)
);

-- Which tenants know a person, so that sign-in asks these and not all. Unconfirmed until the person used that tenant's own
-- set-up link: whatever a tenant says about somebody does not prove who holds their account.
CREATE TABLE person_tenants (
    person_id BLOB NOT NULL,
    tenant_id BLOB NOT NULL,
    linked_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    PRIMARY KEY (person_id, tenant_id)
);

-- What a person signs in with. tenant_id is set for an enterprise account, which that tenant owns.
CREATE TABLE accounts (
    id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    tenant_id BLOB,
    state TEXT NOT NULL,
    password_hash TEXT,
    failed_attempts INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX accounts_1 ON accounts (person_id);

-- E-mail addresses and phone numbers, found by a keyed index, never stored in the clear.
CREATE TABLE account_identifiers (
    blind_index BLOB NOT NULL,
    account_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (blind_index)
);
CREATE INDEX account_identifiers_1 ON account_identifiers (account_id);

-- One-time links to set a password: no account has a default one.
CREATE TABLE setup_links (
    token_hash BLOB NOT NULL,
    account_id BLOB NOT NULL,
    tenant_id BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (token_hash)
);

CREATE TABLE sessions (
    id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    tenant_id BLOB NOT NULL,
    membership_id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    user_agent TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    ended_at INTEGER,
    end_reason TEXT,
    PRIMARY KEY (id)
);
CREATE INDEX sessions_1 ON sessions (account_id, created_at);
CREATE INDEX sessions_2 ON sessions (tenant_id, membership_id);

CREATE TABLE refresh_tokens (
    token_hash BLOB NOT NULL,
    session_id BLOB NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (token_hash)
);
CREATE INDEX refresh_tokens_1 ON refresh_tokens (session_id);

CREATE TABLE signing_keys (
    kid TEXT NOT NULL,
    sealed_private BLOB NOT NULL,
    public_key BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    signs_from INTEGER NOT NULL,
    retires_at INTEGER,
    PRIMARY KEY (kid)
);

CREATE TABLE api_keys (
    id BLOB NOT NULL,
    tenant_id BLOB NOT NULL,
    token_hash BLOB NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    scopes TEXT NOT NULL,
    connector_id BLOB,
    created_by BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    last_used_at INTEGER,
    PRIMARY KEY (id),
    UNIQUE (token_hash)
);
CREATE INDEX api_keys_1 ON api_keys (tenant_id, created_at);

-- Which tenant a webhook address belongs to.
CREATE TABLE hook_routes (
    slug TEXT NOT NULL,
    tenant_id BLOB NOT NULL,
    source_id BLOB NOT NULL,
    PRIMARY KEY (slug)
);

-- The key of what belongs to no tenant, wrapped by the master key.
CREATE TABLE platform_keys (
    id TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (id)
);

-- Each tenant's key, wrapped by the master key.
CREATE TABLE tenant_keys (
    tenant_id BLOB NOT NULL,
    wrapped BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id)
);

CREATE TABLE jobs (
    id BLOB NOT NULL,
    tenant_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    payload TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until INTEGER,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (tenant_id, kind, key)
);
CREATE INDEX jobs_1 ON jobs (due_at);

CREATE TABLE idempotency_keys (
    tenant_id BLOB NOT NULL,
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    act TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    answer BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, actor, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_keys_1 ON idempotency_keys (tenant_id, created_at);

-- Data keys, one a subject and drawer, wrapped by the tenant's key. Erased means gone: wrapped is NULL.
CREATE TABLE subject_keys (
    tenant_id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    drawer TEXT NOT NULL,
    wrapped BLOB,
    created_at INTEGER NOT NULL,
    erased_at INTEGER,
    PRIMARY KEY (tenant_id, subject_id, drawer)
) WITHOUT ROWID;
