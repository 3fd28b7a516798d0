DROP INDEX sessions_3;
ALTER TABLE sessions DROP COLUMN token_hash;
ALTER TABLE sessions DROP COLUMN kind;
