DROP TABLE pack_changes;
