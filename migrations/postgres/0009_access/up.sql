-- Who an application asks about is found by the account they are signed in with.
CREATE INDEX memberships_6 ON memberships (tenant_id, account_id);
