ALTER TABLE inventories DROP COLUMN unknown_here;
ALTER TABLE inventories DROP COLUMN missing_there;
