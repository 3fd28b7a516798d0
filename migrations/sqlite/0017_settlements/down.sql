ALTER TABLE rulings DROP COLUMN settlement_id;
DROP INDEX holding_sides_4;
ALTER TABLE holding_sides DROP COLUMN question_id;
DROP TABLE settlements;
DROP TABLE questions;
