DROP TABLE instruction_uses;
