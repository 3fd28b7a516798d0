DROP INDEX holdings_10;
