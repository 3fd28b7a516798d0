-- How much an inventory found of each kind, without counting a page of it.
ALTER TABLE inventories ADD COLUMN missing_there INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inventories ADD COLUMN unknown_here INTEGER NOT NULL DEFAULT 0;
