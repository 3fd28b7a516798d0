DROP TABLE attention;
DROP TABLE messages;
DROP TABLE sources;
