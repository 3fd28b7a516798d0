-- Whom HR named before they were known, so that whoever joins with that number is found.
ALTER TABLE memberships ADD COLUMN manager_number text;
ALTER TABLE memberships ADD COLUMN successor_number text;
CREATE INDEX memberships_manager_number ON memberships (tenant_id, manager_number)
    WHERE manager_number IS NOT NULL AND manager_id IS NULL;
CREATE INDEX memberships_successor_number ON memberships (tenant_id, successor_number) WHERE successor_number IS NOT NULL;

-- Who had a hand in an instruction beside its author: they do not decide on it.
ALTER TABLE instructions ADD COLUMN drawn_by_subject_id uuid;

-- The instant at which access ends, as it was told: a change of the time zone does not move it.
ALTER TABLE memberships ADD COLUMN ends_at timestamptz;
