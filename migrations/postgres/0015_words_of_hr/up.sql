-- When each thing was last said: of two words about one thing the later holds, in whatever order they arrive.
ALTER TABLE memberships ADD COLUMN joined_at timestamptz;
ALTER TABLE memberships ADD COLUMN said TEXT;
ALTER TABLE departments ADD COLUMN name_at timestamptz;
ALTER TABLE departments ADD COLUMN parent_at timestamptz;
