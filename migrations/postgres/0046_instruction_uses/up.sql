-- How often something was done under an instruction, when and by whom last, of the records whose terms are noted: counted with the
-- notes, a block at a time, so that no answer waits for it. What no note covers yet is counted when somebody looks.
CREATE TABLE instruction_uses (
    tenant_id uuid NOT NULL,
    instruction text NOT NULL,
    times bigint NOT NULL,
    not_done bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    last_actor_kind text NOT NULL,
    last_actor text NOT NULL,
    last_act text NOT NULL,
    PRIMARY KEY (tenant_id, instruction)
);
-- What was noted before there was this. A migration runs as the tables' owner, for whom row-level security is forced as well.
ALTER TABLE records NO FORCE ROW LEVEL SECURITY;
ALTER TABLE ledger_heads NO FORCE ROW LEVEL SECURITY;
INSERT INTO instruction_uses
SELECT u.tenant_id, u.instruction, u.times, u.not_done, u.first_at, l.at, l.actor_kind, l.actor, l.act
FROM (SELECT r.tenant_id AS tenant_id, r.instruction AS instruction, count(*) AS times,
             sum(CASE WHEN r.outcome IN ('refused', 'failed') THEN 1 ELSE 0 END) AS not_done,
             min(r.at) AS first_at, max(r.seq) AS last_seq
      FROM records r JOIN ledger_heads h ON h.tenant_id = r.tenant_id
      WHERE r.seq < h.indexed AND length(r.instruction) = 36 AND r.instruction NOT LIKE '%:%'
        AND r.act NOT LIKE 'instructions.%'
      GROUP BY r.tenant_id, r.instruction) u
JOIN records l ON l.tenant_id = u.tenant_id AND l.seq = u.last_seq;
ALTER TABLE records FORCE ROW LEVEL SECURITY;
ALTER TABLE ledger_heads FORCE ROW LEVEL SECURITY;
ALTER TABLE instruction_uses ENABLE ROW LEVEL SECURITY;
ALTER TABLE instruction_uses FORCE ROW LEVEL SECURITY;
CREATE POLICY instruction_uses_tenant ON instruction_uses
    USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
