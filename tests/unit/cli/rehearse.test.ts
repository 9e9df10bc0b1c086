import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rehearse } from '../../../src/cli/rehearse.js';
import { rehearsalShape } from '../../../src/cli/rehearse-shape.js';
import { decisionsFile } from '../../../src/main/decision-history.js';
import { historyFile } from '../../../src/main/history.js';
import { openForWriting } from '../../../src/main/history-open.js';
import { createWriter } from '../../../src/main/history-writer.js';
import type { Edit } from '../../../src/shared/config-edit.js';
import { statesOf } from '../../../src/shared/history-state.js';
import { aLookSample } from '../../fakes/a-look-sample.js';
import { anIdle, anOrphan, HOUR_MS, MINUTE_MS } from '../../fakes/a-policy.js';
import { fakeCore } from './fake-core.js';
import { fakeUi } from './fake-io.js';

const OLD: Edit = { at: 'global', key: 'auto_cleanup_old_enabled', value: true };

describe('rehearse', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cm-cli-rehearse-'));
    const now = Date.now();
    const opened = await openForWriting(historyFile(join(folder, 'state')), now);
    if (!opened.ok) throw new Error(opened.code);
    const writer = createWriter(opened.db);
    const orphan = anOrphan(100, { startedAtMs: now - 9 * HOUR_MS, projectDir: '/p/\u001b[2Ja' });
    const idle = anIdle(101, { startedAtMs: now - 9 * HOUR_MS, activeSinceMs: now - 8 * HOUR_MS });
    for (let at = now - 4 * HOUR_MS; at <= now; at += MINUTE_MS) {
      const states = statesOf({ processes: [orphan, idle], takenAtMs: at });
      writer.write([aLookSample(at, [], { coveredMs: MINUTE_MS, states })], [], {});
    }
    opened.db.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = async (edits: readonly Edit[], { json = false, where = folder } = {}) => {
    const fake = fakeUi({ json });
    const code = await rehearse(fake.ui, fakeCore({ folder: where }), { edits, days: 7 });
    return { code, out: fake.out(), err: fake.err() };
  };

  it('lists what the settings in force would have ended, and lets no project act on the terminal', async () => {
    const { code, out } = await run([]);
    expect(code).toBe(0);
    expect(out).toContain('1 process would have been reported');
    expect(out).toMatch(/left over/);
    expect(out).toContain('␛[2Ja');
    expect(out).not.toContain('\u001b');
  });

  it('tries other settings, and says what it cannot know of them', async () => {
    const { code, out } = await run([OLD], { json: true });
    const { count, byCause, ends, unjudged } = rehearsalShape.parse(JSON.parse(out));
    expect([code, count, byCause, unjudged]).toEqual([0, 2, { orphan: 1, old: 1, limit: 0 }, ['resumable']]);
    expect(ends.map(({ pid, cause }) => [pid, cause])).toEqual([
      [100, 'orphan'],
      [101, 'old'],
    ]);
    expect((await run([{ at: 'global', key: 'auto_cleanup_enabled', value: false }])).out).toContain('does not run');
  });

  it('says beside it how much was really decided in that time', async () => {
    expect((await run([])).out).toContain('Automatic cleanup really decided nothing in that time.');
    const ago = (hours: number): number => Date.now() - hours * HOUR_MS;
    const one = { run: 'interval', mode: 'automatic', name: 'x', user: null, kind: null, cause: 'orphan', metric: null, memoryBytes: null };
    const lines = [
      { ...one, atMs: ago(200), key: { pid: 1, startedAt: '1' }, decision: 'ended', reason: null },
      { ...one, atMs: ago(9), key: { pid: 2, startedAt: '1' }, decision: 'ended', reason: null },
      { ...one, atMs: ago(8), key: { pid: 3, startedAt: '1' }, decision: 'skipped', reason: 'autoAttached' },
    ];
    writeFileSync(decisionsFile(join(folder, 'state')), `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    expect((await run([])).out).toContain('Really decided in that time: 1 ended, 1 left alone.');
    const { decided } = rehearsalShape.parse(JSON.parse((await run([], { json: true })).out));
    expect(decided).toEqual({ ended: 1, failed: 0, cancelled: 0, asked: 0, reported: 0, skipped: 1 });
  });

  it('refuses a value that the setting does not take, and says when there is nothing', async () => {
    const wrong = await run([{ at: 'global', key: 'min_idle_minutes', value: 0 }]);
    expect([wrong.code, wrong.out]).toEqual([1, '']);
    expect(wrong.err).toContain('min_idle_minutes');
    expect((await run([], { where: '/nonexistent' })).code).toBe(1);
  });
});
