ALTER TABLE departments DROP COLUMN parent_at;
ALTER TABLE departments DROP COLUMN name_at;
ALTER TABLE memberships DROP COLUMN said;
ALTER TABLE memberships DROP COLUMN joined_at;
