-- How often something was done under an instruction, when and by whom last, of the records whose terms are noted: counted with the
-- notes, a block at a time, so that no answer waits for it. What no note covers yet is counted when somebody looks.
CREATE TABLE instruction_uses (
    tenant_id BLOB NOT NULL,
    instruction TEXT NOT NULL,
    times INTEGER NOT NULL,
    not_done INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    last_actor_kind TEXT NOT NULL,
    last_actor TEXT NOT NULL,
    last_act TEXT NOT NULL,
    PRIMARY KEY (tenant_id, instruction)
) WITHOUT ROWID;
-- What was noted before there was this.
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
