ALTER TABLE holding_sides DROP COLUMN contest_id;
DROP TABLE notice_contacts;
DROP TABLE contests;
ALTER TABLE sessions DROP COLUMN reach;
