ALTER TABLE departures DROP COLUMN supplements;
ALTER TABLE holding_sides DROP COLUMN membership_id;
