DROP TABLE role_assignments;
DROP TABLE memberships;
DROP TABLE subjects;
DROP TABLE departments;
