DROP INDEX memberships_6;
