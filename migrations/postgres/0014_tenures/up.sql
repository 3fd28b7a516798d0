-- A side belongs to a membership; an old one without is told by its moment. A departure may supplement a completed one.
ALTER TABLE holding_sides ADD COLUMN membership_id uuid;
ALTER TABLE departures ADD COLUMN supplements uuid;
