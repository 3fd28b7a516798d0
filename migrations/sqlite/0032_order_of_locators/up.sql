-- SQLite sorts text byte by byte already.
SELECT 1;
