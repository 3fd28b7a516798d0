DROP INDEX instructions_5;
DROP INDEX records_7;
DROP INDEX records_6;
