ALTER TABLE memberships DROP COLUMN ends_at;
ALTER TABLE instructions DROP COLUMN drawn_by_subject_id;
DROP INDEX memberships_successor_number;
DROP INDEX memberships_manager_number;
ALTER TABLE memberships DROP COLUMN successor_number;
ALTER TABLE memberships DROP COLUMN manager_number;
