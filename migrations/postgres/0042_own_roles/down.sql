DROP TABLE own_roles;
