DROP TABLE inventory_seen;
DROP TABLE inventory_findings;
DROP TABLE inventories;
DROP TABLE holds;
DROP TABLE rulings;
DROP TABLE holding_sides;
DROP TABLE holdings;
DROP TABLE connectors;
