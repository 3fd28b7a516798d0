ALTER TABLE role_assignments DROP COLUMN department_id;
