-- A role may be given for the people of one department and of those below it. Departments are never taken away.
ALTER TABLE role_assignments ADD COLUMN department_id uuid;
