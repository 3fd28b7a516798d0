-- An inventory walks two lists side by side: both are sorted byte by byte, as the program compares, whatever language the
-- database sorts in.
ALTER TABLE holdings ALTER COLUMN locator TYPE text COLLATE "C";
ALTER TABLE inventory_seen ALTER COLUMN locator TYPE text COLLATE "C";
ALTER TABLE inventory_findings ALTER COLUMN locator TYPE text COLLATE "C";
