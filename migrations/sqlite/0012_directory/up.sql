-- When a person's name or one of their memberships last changed: whoever keeps names in memory asks for what changed since.
ALTER TABLE subjects ADD COLUMN changed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subjects ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
CREATE INDEX subjects_2 ON subjects (tenant_id, changed_at, id);

-- By which e-mail address or phone number the organisation itself knows a member, as a keyed index of its own: what
-- another organisation knows of the same person is not found here.
CREATE TABLE member_contacts (
    tenant_id BLOB NOT NULL,
    blind_index BLOB NOT NULL,
    membership_id BLOB NOT NULL,
    PRIMARY KEY (tenant_id, blind_index, membership_id)
) WITHOUT ROWID;

-- What somebody decided lately.
CREATE INDEX approvals_1 ON approvals (tenant_id, approver_id, decided_at);
CREATE INDEX attention_3 ON attention (tenant_id, resolved_by, resolved_at) WHERE resolved_by IS NOT NULL;
CREATE INDEX attention_4 ON attention (tenant_id, raised_at, id) WHERE resolved_at IS NULL;
-- What lapses next.
CREATE INDEX instructions_4 ON instructions (tenant_id, state, expires_at, id);
-- Whose key was erased lately, so that what was opened with it goes from memory too.
CREATE INDEX subject_keys_1 ON subject_keys (tenant_id, erased_at) WHERE erased_at IS NOT NULL;
