import type { Installation } from '@orrery/testing'

// Each finds what must not be, after every fault has healed and all runs have ended. Nothing may be found.
const checks: Record<string, string> = {
  'a run that has not ended': `select id from scheduler.runs where ended_at is null`,
  'state of a run that has ended': `select run_id from scheduler.run_state`,
  'a step that still lives': `select run_id, ordinal, state, attempt, lost from scheduler.live_steps`,
  'a run that ended without its event': `select r.id from named_runs r left join platform.domain_events e on e.type = 'execution.completed' and e.lineage_ref = r.name where e.seq is null`,
  'a run with other than one audit entry of its making': `select r.id from named_runs r left join platform.audit_log a on a.action = 'run.create' and a.entity_id = r.name group by r.id having count(a.id) <> 1`,
  'a place that no run holds': `select run_id from scheduler.slots`,
  'a timer of a run that has ended': `select id from scheduler.timers t where not exists (select from scheduler.run_state r where r.run_id = t.run_id)`,
  'a signal kept for a run that has ended': `select id from scheduler.signals s where not exists (select from scheduler.run_state r where r.run_id = s.run_id)`,
  'a change with several audit entries': `select entity_id from platform.audit_log where action in ('workflow.create', 'workflow.publish', 'schedule.create', 'schedule.pause', 'run.cancel', 'run.signal', 'approval.approve') group by action, entity_id, after->>'name' having count(*) > 1`,
  'a dead letter that another run than a repeat of its own has closed': `select d.run_id from scheduler.dead_letters d left join scheduler.runs r on r.id = d.redriven_run_id where d.redriven_at is not null and r.origin_run_id is distinct from d.run_id`,
  'a run that somebody canceled without an audit entry': `select r.id from named_runs r left join platform.audit_log a on a.action = 'run.cancel' and a.entity_id = r.name where r.outcome = 'cancelled' and r.trigger = 'manual' and a.id is null`,
  'an attempt that came after its step had ended': `select run_id from scheduler.attempts a join scheduler.steps s using (run_id, ordinal) where s.status in ('done', 'failed') and a.attempt >= s.attempt`,
  'an event of a run after its end': `select seq from platform.domain_events e join (select lineage_ref, seq as last from platform.domain_events where type = 'execution.completed') c using (lineage_ref) where e.seq > c.last`,
  'a step that was said to have ended other than once': `select entity_id from platform.domain_events where type = 'step.status_changed' and payload->>'to' in ('done', 'failed', 'canceled') group by entity_id having count(*) <> 1`,
  'versions of an entity out of order': `select entity_id from (select entity_id, entity_version - lag(entity_version) over (partition by entity_id order by seq) as step from platform.domain_events where type <> 'step.logged') v where step <= 0`,
  'a gap in the log': `select seq from (select seq, seq - lag(seq) over (order by seq) as step from platform.domain_events) s where step <> 1`,
  'an event that was never stamped': `select id from platform.outbox`,
}

// writes each run's UUID as its TypeID, once, so that the checks can be joined in SQL: they look at hundreds of thousands of rows,
// of which the planner knows nothing where PostgreSQL was struck down before it had counted them
const naming = `
  create or replace function pg_temp.encode_run(id uuid) returns text language plpgsql immutable as $$
  declare bits bit(130) := ('x' || replace(id::text, '-', ''))::bit(128)::bit(130) >> 2; digits text := '0123456789abcdefghjkmnpqrstvwxyz'; made text := 'run_';
  begin for i in 0..25 loop made := made || substr(digits, substring(bits from i * 5 + 1 for 5)::int + 1, 1); end loop; return made; end $$;
  drop table if exists named_runs;
  create temp table named_runs as select id, outcome, trigger, pg_temp.encode_run(id) as name from scheduler.runs;
  analyze`

/** What is wrong in the database: the name of each broken invariant with how many rows break it, and the first of them. */
export async function brokenInvariants(it: Installation): Promise<Record<string, string>> {
  const client = await it.admin.connect()
  try {
    await client.query(naming)
    const broken: Record<string, string> = {}
    for (const [name, text] of Object.entries(checks)) {
      const { rows } = await client.query(text)
      if (rows.length > 0) broken[name] = `${rows.length}, as ${JSON.stringify(rows.slice(0, 3))}`
    }
    return broken
  } finally {
    client.release()
  }
}
