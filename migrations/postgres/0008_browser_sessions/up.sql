-- Sessions of browsers: found by the hash of what their cookie holds, beside those of programs, which have refresh tokens.
ALTER TABLE sessions ADD COLUMN kind text NOT NULL DEFAULT 'token';
ALTER TABLE sessions ADD COLUMN token_hash bytea;
CREATE UNIQUE INDEX sessions_3 ON sessions (token_hash);
