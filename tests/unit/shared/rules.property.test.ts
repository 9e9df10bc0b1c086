import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/shared/classify.js';
import { candidates, judgeLeftOvers } from '../../../src/shared/judge.js';
import { judgeLeftOver } from '../../../src/shared/leftover.js';
import type { ProcessFacts, RegistryFacts } from '../../../src/shared/process-facts.js';
import { redactArgv } from '../../../src/shared/redact.js';
import { parseRow, rowOf } from '../../../src/shared/rows.js';
import type { Evidence, Kind, Marks, RawProcess, Verdict } from '../../../src/shared/types.js';
import { ENGINE_KINDS, KINDS, MARK_NAMES } from '../../../src/shared/types.js';
import { judgeKinds } from '../../fakes/in-one-go.js';
import { aProcess, aReading, aRecord, ENGINE, NOW_MS, quietFacts } from '../../fixtures/builders.js';

/** `FUZZ_RUNS=1000000 npx vitest run …` for a long night. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 50_000);
const TIMEOUT_MS = 60_000 + RUNS * 5;

const lines = readFileSync(new URL('../../fixtures/process-rows.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const rows = lines.map((line): Record<string, unknown> => JSON.parse(line));
const pool = <T>(pick: (row: ProcessFacts) => readonly T[]): readonly T[] =>
  lines.flatMap((line) => {
    const parsed = parseRow(line);
    return parsed.ok ? pick(parsed.row.facts) : [];
  });

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...pool(({ exe, comm }) => [exe ?? '', comm ?? ''])) },
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const slot = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...pool(({ argv }) => argv ?? [])) },
  fc.constantFrom('--', '-p', 'mcp', 'serve', 'daemon', 'run', '--bg-spare', '--type=x', '--model', 'claude-x', ''),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const pid = fc.oneof(fc.constantFrom(0, 1, 3000, 4000), fc.integer({ min: 0, max: 70_000 }));
const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 5 });
const maybe = fc.constantFrom(true, false, null);
const kind = fc.constantFrom<Kind>(...KINDS);
const marks: fc.Arbitrary<Marks> = fc.record(
  Object.fromEntries(MARK_NAMES.map((name) => [name, fc.oneof(fc.constantFrom('', '1', '3000', '/tmp/cc-socks/3000.sock'), text)])),
  { requiredKeys: [] },
);
const registry: fc.Arbitrary<RegistryFacts> = fc.record({
  sessionId: nullable(text),
  kind: nullable(fc.constantFrom('bg', 'interactive', 'x')),
  entrypoint: nullable(fc.constantFrom('cli', 'sdk-cli', 'sdk-ts', 'claude-vscode', 'claude-desktop', 'x')),
  status: nullable(fc.constantFrom('idle', 'busy', 'waiting', 'shell', 'x')),
  waitingFor: nullable(text),
  jobId: nullable(text),
  idleHours: nullable(fc.double({ min: 0, max: 1000, noNaN: true })),
  procStartMatches: fc.boolean(),
});
const facts: fc.Arbitrary<ProcessFacts> = fc.record({
  platform: fc.constantFrom('linux', 'darwin', 'win32'),
  pid,
  ppid: nullable(pid),
  user: nullable(text),
  comm: nullable(text),
  exe: nullable(text),
  argv: nullable(fc.array(slot, { maxLength: 7 })),
  tty: nullable(fc.constantFrom('?', '??', 'pts/3', '')),
  cwd: nullable(text),
  sid: nullable(pid),
  pgid: nullable(pid),
  state: nullable(fc.constantFrom('S', 'R', 'T', 'Z', '')),
  parent: nullable(
    fc.record({
      pid: nullable(pid),
      alive: fc.boolean(),
      comm: nullable(fc.oneof(fc.constantFrom('tmux: server', 'systemd', 'init(Ubuntu)', 'Relay(4)'), text)),
      kind: nullable(kind),
      role: nullable(fc.constantFrom('init', 'systemd --user', 'container-init', 'x')),
      pgid: nullable(pid),
      startedBefore: maybe,
      ancestors: fc.array(text, { maxLength: 3 }),
    }),
  ),
  env: nullable(marks),
  hints: fc.record(
    {
      fd0: nullable(fc.constantFrom('/dev/pts/3 (deleted)', '/dev/pts/3', '(revoked)', '/dev/null')),
      cgroup: nullable(fc.constantFrom('/', '/system.slice/x.service', '/user.slice/x.scope', '/docker/x')),
      ownerAlive: maybe,
      ownerUidMatches: maybe,
      openFile: nullable(text),
      computeSystem: nullable(text),
      daemonSocketAlive: maybe,
      listening: maybe,
      ptyHolder: maybe,
      containsEngine: maybe,
      isSelf: fc.boolean(),
      ancestorIsSelf: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  registry: nullable(registry),
});
/** A captured row of which some fields are another row's, or anything. */
const mutated: fc.Arbitrary<ProcessFacts> = fc
  .tuple(
    fc.constantFrom(...rows),
    fc.constantFrom(...rows),
    facts,
    fc.array(fc.constantFrom<string>('exe', 'argv', 'comm', 'env', 'hints', 'parent', 'registry', 'platform', 'ppid', 'tty', 'state'), {
      maxLength: 3,
    }),
    fc.boolean(),
  )
  .map(([row, other, random, names, wild]) => {
    const source: object = wild ? random : other;
    const changed = { ...row, ...Object.fromEntries(Object.entries(source).filter(([name]) => names.includes(name))) };
    const parsed = parseRow(JSON.stringify(changed));
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.row.facts;
  });
const anyFacts = fc.oneof(facts, mutated);

const NEVER: readonly Kind[] = [
  'daemon',
  'desktop-app',
  'remote-control',
  'cli-utility',
  'plugin-daemon',
  'swarm-tmux',
  'unverified',
  'api-client',
  'zombie',
  'cowork-vm',
];
const both = (one: ProcessFacts): readonly [Kind | null, string | null] => {
  const { value } = classify(one);
  return [value, value === null ? null : judgeLeftOver(one, value).value];
};
const check = (property: (one: ProcessFacts) => void, runs = RUNS): void => fc.assert(fc.property(anyFacts, property), { numRuns: runs });

const keysOf = (value: unknown, prefix: string): readonly string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => keysOf(inner, prefix === '' ? name : `${prefix}.${name}`))
    : [prefix];
const wordsOf = (language: string): ReadonlySet<string> => {
  const locale = JSON.parse(readFileSync(new URL(`../../../resources/locales/${language}.json`, import.meta.url), 'utf8'));
  return new Set(keysOf(locale.evidence, '').map((key) => key.replace(/_(?:one|many|other)$/, '')));
};

describe('any row at all', () => {
  it("gets a verdict that we know, with reasons that both languages have, and never loses anybody's work", { timeout: TIMEOUT_MS }, () => {
    const languages = [wordsOf('en'), wordsOf('pt-BR')];
    const said = (verdict: Verdict<unknown>): readonly Evidence[] => {
      for (const { id, values } of verdict.evidence) {
        for (const words of languages) expect(words).toContain(id);
        for (const value of Object.values(values ?? {})) expect(String(value)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
      }
      return verdict.evidence;
    };
    check((one) => {
      const verdict = classify(one);
      if (verdict.value === null) {
        expect(verdict.evidence).toEqual([]);
        return;
      }
      expect(KINDS).toContain(verdict.value);
      expect(said(verdict).some(({ weight }) => weight === 'for')).toBe(true);
      const leftOver = judgeLeftOver(one, verdict.value);
      expect(['yes', 'no', 'unknown']).toContain(leftOver.value);
      expect(said(leftOver).length).toBeGreaterThan(0);
      if (leftOver.value !== 'yes') return;
      expect(NEVER).not.toContain(verdict.value);
      expect(leftOver.evidence.filter(({ weight }) => weight === 'against')).toEqual([]);
      expect(one.hints.cgroup ?? '').not.toMatch(/\.service$/);
    });
  });

  it(
    'is never "yes" whatever is said of a kind that never is',
    () => {
      check((one) => {
        for (const value of NEVER) expect(judgeLeftOver(one, value).value).not.toBe('yes');
      }, RUNS / 10);
    },
    TIMEOUT_MS,
  );

  it(
    'is not claimed by a record of somebody else',
    () => {
      check((one) => {
        if (one.registry === null) return;
        expect(both({ ...one, registry: { ...one.registry, procStartMatches: false } })).toEqual(both({ ...one, registry: null }));
      }, RUNS / 4);
    },
    TIMEOUT_MS,
  );

  it(
    'is not judged by marks where it is an engine',
    () => {
      check((one) => {
        const [found, leftOver] = both(one);
        if (found === null || !(ENGINE_KINDS as readonly Kind[]).includes(found)) return;
        const { INVOCATION_ID } = one.env ?? {};
        const { ownerAlive: _, ownerUidMatches: __, ...hints } = one.hints;
        expect(both({ ...one, env: INVOCATION_ID === undefined ? {} : { INVOCATION_ID }, hints })).toEqual([found, leftOver]);
      }, RUNS / 2);
    },
    TIMEOUT_MS,
  );

  it(
    'is the same after a round through a file',
    () => {
      check((one) => {
        expect(parseRow(JSON.stringify(one))).toEqual({
          ok: true,
          row: { id: '', expected: null, facts: JSON.parse(JSON.stringify(one)) },
        });
      }, RUNS / 10);
    },
    TIMEOUT_MS,
  );
});

describe('the captured rows', () => {
  it('are the same kind and verdict when redacted', () => {
    for (const line of lines) {
      const parsed = parseRow(line);
      if (!parsed.ok) throw new Error(parsed.error);
      const one = parsed.row.facts;
      const argv = one.argv === null ? null : redactArgv(one.argv);
      expect([parsed.row.id, ...both({ ...one, argv })]).toEqual([parsed.row.id, ...both(one)]);
    }
  });
});

describe('any text', () => {
  it(
    'is a row or an error',
    () => {
      const broken = fc.tuple(fc.constantFrom(...lines), fc.nat(), fc.string({ unit: 'binary', maxLength: 5 })).map(([line, at, put]) => {
        const where = at % line.length;
        return line.slice(0, where) + put + line.slice(where + put.length);
      });
      fc.assert(
        fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), broken), (line) => {
          const parsed = parseRow(line);
          if (parsed.ok) both(parsed.row.facts);
        }),
        { numRuns: RUNS / 5 },
      );
    },
    TIMEOUT_MS,
  );
});

describe('any process table', () => {
  const raw: fc.Arbitrary<RawProcess> = fc
    .record({
      pid: fc.integer({ min: 1, max: 12 }),
      ppid: nullable(fc.integer({ min: 0, max: 12 })),
      start: fc.integer({ min: 1, max: 6 }),
      uid: nullable(fc.constantFrom(0, 1000)),
      one: anyFacts,
      owner: fc.integer({ min: 1, max: 12 }),
      owned: fc.boolean(),
      engine: fc.boolean(),
    })
    .map(({ pid, ppid, start, uid, one, owner, owned, engine }) =>
      aProcess({
        ...{ pid, startedAt: String(start), ppid, uid, tty: one.tty, state: one.state, pgid: one.pgid, sid: one.sid },
        facts: {
          comm: one.comm,
          exe: engine ? ENGINE : one.exe,
          argv: one.argv,
          marks: owned ? { ...one.env, CLAUDECODE: '1', CLAUDE_PID: String(owner) } : one.env,
        },
      }),
    );
  const table = fc.uniqueArray(raw, { selector: ({ key }) => key.pid, maxLength: 12 });

  it(
    'is judged: parents first, owners alive and of the same user, captured as it was',
    () => {
      fc.assert(
        fc.property(table, fc.boolean(), fc.array(maybe, { minLength: 24, maxLength: 24 }), (processes, complete, answers) => {
          const reading = { ...aReading(processes, { complete, selfPid: 12 }), processes };
          const records = new Map(processes.slice(0, 4).map((one) => [one.key.pid, aRecord(one)]));
          const judged = judgeKinds(reading, records);
          const asked = candidates(judged);
          const inspected = new Map(
            asked.map(({ pid }) => [
              pid,
              quietFacts({ listening: answers[pid] ?? null, ptyHolder: answers[pid + 12] ?? null, fd0: '/dev/pts/1 (deleted)' }),
            ]),
          );
          const judgements = judgeLeftOvers(judged, inspected, NOW_MS);
          const byPid = new Map(processes.map((one) => [one.key.pid, one]));
          for (const { raw: own, owner, kind: found, leftOver, facts: known } of judgements) {
            if (owner !== null) {
              expect(byPid.get(owner.pid)?.key).toEqual(owner);
              expect(byPid.get(owner.pid)?.uid).toBe(own.uid);
            }
            if (leftOver === 'yes') {
              expect(asked).toContain(own.key);
              // Nobody's death is proved by a table that hides processes.
              if (known.hints.ownerAlive === false) expect(complete).toBe(true);
            }
            expect(known.hints.isSelf ?? false).toBe(false);
            expect(KINDS).toContain(found);
          }
          for (const one of judgements) {
            const parsed = parseRow(JSON.stringify({ ...rowOf(one), argv: one.facts.argv }));
            if (!parsed.ok) throw new Error(parsed.error);
            expect(both(parsed.row.facts)).toEqual([one.kind, one.leftOver]);
          }
        }),
        { numRuns: RUNS / 10 },
      );
    },
    TIMEOUT_MS,
  );
});
