ALTER TABLE inventory_findings ALTER COLUMN locator TYPE text COLLATE "default";
ALTER TABLE inventory_seen ALTER COLUMN locator TYPE text COLLATE "default";
ALTER TABLE holdings ALTER COLUMN locator TYPE text COLLATE "default";
