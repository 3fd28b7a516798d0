DROP TABLE corrections;
DROP TABLE order_runs;
