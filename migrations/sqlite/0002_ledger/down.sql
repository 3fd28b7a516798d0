DROP TABLE ledger_keys;
DROP TABLE checkpoints;
DROP TABLE ledger_blocks;
DROP TABLE record_subjects;
DROP TABLE records;
DROP TABLE ledger_heads;
