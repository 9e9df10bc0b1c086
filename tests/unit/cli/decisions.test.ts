import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { decisionsShape } from '../../../src/cli/decisions-shape.js';
import { run } from '../../../src/cli/run.js';
import { createDecisions } from '../../../src/main/decisions.js';
import type { Decision } from '../../../src/shared/care.js';
import { aFolder } from '../main/real-files.js';
import { fakeCore } from './fake-core.js';
import { fakeIo } from './fake-io.js';

const HOUR_MS = 3_600_000;
let folder = '';
beforeEach(() => {
  folder = aFolder();
});

const aDecision = (pid: number, over: Partial<Decision> = {}): Decision => ({
  ...{ atMs: Date.now() - HOUR_MS, run: 'interval', mode: 'automatic', key: { pid, startedAt: `s${pid}` } },
  ...{
    name: `p${pid}`,
    user: 'dana',
    kind: 'mcp-server',
    cause: 'orphan',
    metric: null,
    decision: 'ended',
    reason: null,
    memoryBytes: 5_242_880,
  },
  ...over,
});
/** Written by the one who writes them. */
const keep = async (list: readonly Decision[], maxBytes?: number): Promise<void> => {
  const problems: unknown[] = [];
  const parts = {
    path: join(folder, 'state', 'decisions.jsonl'),
    write: async () => undefined,
    onProblem: (one: unknown) => problems.push(one),
  };
  const { record } = createDecisions(maxBytes === undefined ? parts : { ...parts, maxBytes });
  for (const one of list) await record(one);
  expect(problems).toEqual([]);
};
const cli = async (...argv: readonly string[]) => {
  const fake = fakeIo({ createCore: () => fakeCore({ folder }) });
  return { code: await run(['decisions', ...argv], fake.io), out: fake.out(), err: fake.err() };
};

describe('decisions', () => {
  it('are a table, the newest last, each reason in words', async () => {
    await keep([
      aDecision(1, { atMs: Date.now() - 8 * 24 * HOUR_MS }),
      aDecision(2),
      aDecision(3, { decision: 'skipped', reason: 'autoAttached', cause: null, memoryBytes: null, name: 'x\u001b[2J' }),
      aDecision(4, { decision: 'skipped', reason: 'autoBatch' }),
      aDecision(5, { decision: 'failed', reason: 'timeout' }),
      aDecision(6, { decision: 'skipped', reason: 'somethingNew' }),
      aDecision(8, { decision: 'skipped', reason: 'protectUser', values: { value: 'eve\u001b[2J' } }),
    ]);
    const { code, out, err } = await cli();
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').map((line) => line.replace(/^.*?\d\d:\d\d:\d\d +/, '').replace(/ {2,}/g, '  '))).toEqual([
      expect.stringMatching(/^WHEN .*DECISION/),
      'ended  p2  dana  2  5 MB  left over',
      'left alone  x␛[2J  dana  3  –  It is open in a terminal, where a message may be half written.',
      'left alone  p4  dana  4  5 MB  left over: It was beyond what one run takes.',
      'failed  p5  dana  5  5 MB  left over: It was asked to end but is still running. You can kill it by force.',
      'left alone  p6  dana  6  5 MB  left over: somethingNew',
      'left alone  p8  dana  8  5 MB  left over: Protected by your rule for user “eve␛[2J”.',
      '',
    ]);
  });

  it('are JSON of the documented shape, over both files, without what is none', async () => {
    await keep([aDecision(1), aDecision(2)], 10);
    writeFileSync(join(folder, 'state', 'decisions.jsonl.1'), `{"broken\n[]\n{"atMs":1}\n${JSON.stringify(aDecision(7))}\n`);
    const { decisions } = decisionsShape.parse(JSON.parse((await cli('--json')).out));
    expect(decisions.map(({ key }) => key.pid)).toEqual([7, 2]);
    expect(decisionsShape.parse(JSON.parse((await cli('--json', '--since', '10m')).out)).decisions).toEqual([]);
  });

  it('are a sentence where there are none, and a failure where they cannot be read', async () => {
    expect(await cli()).toEqual({ code: 0, out: 'Automatic cleanup decided nothing in that time.\n', err: '' });
    mkdirSync(join(folder, 'state', 'decisions.jsonl'), { recursive: true });
    expect(await cli()).toMatchObject({ code: 3, err: expect.stringContaining('could not be read') });
    expect((await cli('--since', 'never')).code).toBe(2);
  });
});
