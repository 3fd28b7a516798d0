-- How much an inventory found of each kind, without counting a page of it.
ALTER TABLE inventories ADD COLUMN missing_there bigint NOT NULL DEFAULT 0;
ALTER TABLE inventories ADD COLUMN unknown_here bigint NOT NULL DEFAULT 0;
