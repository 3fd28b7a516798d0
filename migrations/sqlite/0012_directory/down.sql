DROP INDEX subject_keys_1;
DROP INDEX instructions_4;
DROP INDEX attention_4;
DROP INDEX attention_3;
DROP INDEX approvals_1;
DROP TABLE member_contacts;
DROP INDEX subjects_2;
ALTER TABLE subjects DROP COLUMN changes;
ALTER TABLE subjects DROP COLUMN changed_at;
