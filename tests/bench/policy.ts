import { parseConfig } from '../../src/shared/config.js';
import { createPolicyState, evaluate } from '../../src/shared/policy.js';
import type { ProcessView } from '../../src/shared/types.js';
import { aLook, anIdle, anOrphan, HOUR_MS, START_MS, tree } from '../fakes/a-policy.js';
import { aGuard, aView } from '../fakes/a-view.js';

/**
 * What the policy of one look costs: CPU time of this process for 300 sessions of 50 users with 600 servers, half an hour of
 * looks every 5 s; a tenth of the sessions is over a limit, a tenth of the servers left over. Prints one JSON object.
 */

const SESSIONS = 300;
const USERS = 50;
const LOOKS = 360;
const TARGETS = { evaluateMs: 2 };

const userOf = (index: number) => ({ uid: 1000 + (index % USERS), user: `user${index % USERS}` });
const pidOf = (index: number): number => 10_000 + 3 * index;

const sessionAt = (index: number, look: number): ProcessView => {
  const bytes = 200_000_000 + ((index * 7_919 + look * 10) % 900) * 1_000_000 * (index % 10 === 1 ? 3 : 1);
  const hours = index % 10 === 2 ? 5 : 3;
  return anIdle(pidOf(index), {
    ...userOf(index),
    startedAtMs: START_MS - hours * HOUR_MS,
    conditions: hours > 4 ? ['old'] : ['normal'],
    tree: tree(bytes, (index * 31 + look) % 88),
    cpuPercent: index % 88,
  });
};

const serverOf = (index: number, at: number): ProcessView =>
  index % 10 === 0
    ? anOrphan(pidOf(index) + at, userOf(index))
    : aView(pidOf(index) + at, {
        ...userOf(index),
        kind: 'mcp-server',
        owner: sessionAt(index, 0).key,
        name: `server-${at}`,
        cpuPercent: 1,
      });

/** Each session's servers, which change nothing: as in the application, who has not changed is the same object from look to look. */
const servers = Array.from({ length: SESSIONS }, (_, index) => [serverOf(index, 1), serverOf(index, 2)]);

const machine = (look: number): readonly ProcessView[] => servers.flatMap((own, index) => [sessionAt(index, look), ...own]);

const config = parseConfig({
  global_settings: { auto_cleanup_interval_minutes: 1, auto_cleanup_old_enabled: true },
  user_limits: { default: { max_processes: 5, memory_limit_mb: 1024, max_runtime_hours: 4, enforce: 'end' } },
});
const context = { guard: aGuard({ isRoot: true, selfUid: 0 }), mode: 'report', busy: false } as const;

const costs: number[] = [];
let runs = 0;
let found = 0;
let state = createPolicyState();
for (let number = 0; number < 2 * LOOKS; number++) {
  const look = aLook(machine(number), START_MS + number * 5_000);
  const before = process.cpuUsage();
  const evaluation = evaluate(state, look, config, context);
  const { user, system } = process.cpuUsage(before);
  // The first half warms up: the program runs for days.
  if (number >= LOOKS) costs.push((user + system) / 1000);
  state = evaluation.state;
  if (evaluation.run) runs += 1;
  found = evaluation.findings.length;
  if (found === 0) throw new Error('nothing was found: what it costs means nothing');
}
const sorted = costs.toSorted((a, b) => a - b);
const at = (share: number): number => Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN) * 100) / 100;
const mean = Math.round((costs.reduce((sum, ms) => sum + ms, 0) / costs.length) * 100) / 100;
process.stdout.write(
  `${JSON.stringify({ sessions: SESSIONS, users: USERS, rows: SESSIONS * 3, findings: found, runs, medianMs: at(0.5), meanMs: mean, p95Ms: at(0.95), targets: TARGETS })}\n`,
);
