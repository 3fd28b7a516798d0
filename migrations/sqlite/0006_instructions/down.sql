DROP TABLE deliveries;
DROP TABLE order_items;
DROP TABLE orders;
DROP TABLE approvals;
DROP TABLE instructions;
