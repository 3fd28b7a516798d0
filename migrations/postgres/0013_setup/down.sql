DROP INDEX messages_4;
DROP INDEX setup_links_1;
DROP INDEX person_tenants_1;
DROP TABLE setup_steps;
