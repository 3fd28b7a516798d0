-- Of what is there, a connector has each thing once: two registrations at the same moment must not both add it. What was deleted
-- stays beside what is held anew under its name.
CREATE UNIQUE INDEX holdings_10 ON holdings (tenant_id, connector_id, locator) WHERE state IN ('held', 'missing');
