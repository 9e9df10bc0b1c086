import { describe, expect, it } from 'vitest';
import { findings } from '../../../src/cli/findings.js';
import { findingsShape, snapshotShape } from '../../../src/cli/json-shape.js';
import { list } from '../../../src/cli/list.js';
import type { FindingType } from '../../../src/shared/findings.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { aLook, anIdle, anOrphan, GB, START_MS, tree } from '../../fakes/a-policy.js';
import { fakeCore } from './fake-core.js';
import { type FakeIoOptions, fakeUi } from './fake-io.js';

const shown = async (views: readonly ProcessView[], options: FakeIoOptions & { json?: boolean } = {}) => {
  const fake = fakeUi(options);
  const code = await findings(fake.ui, fakeCore({ looks: [aLook(views, START_MS)] }));
  return { code, out: fake.out(), err: fake.err() };
};
const rows = [
  anIdle(100, { name: 'big\u001b[2J', tree: tree(3 * GB), conditions: ['high-memory'] }),
  anOrphan(101, { name: 'server', memoryBytes: 5 * 1_048_576 }),
];

describe('findings', () => {
  it('are a table: what, which, whose and why', async () => {
    const { code, out, err } = await shown(rows);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      'FINDING  PID  USER  NAME  WHY',
      'Left over  101  dana  server  It is left over and holds 5 MB.',
      'Over a limit  100  dana  big␛[2J  It uses 3072 MB; its limit is 2048 MB.',
      '',
    ]);
  });

  it('are JSON of the documented shape', async () => {
    const { out } = await shown(rows, { json: true });
    expect(findingsShape.parse(JSON.parse(out)).findings.map(({ type, processes, id }) => [type, processes, id])).toEqual([
      ['orphan', [{ pid: 101, startedAt: 's101' }], 'orphan'],
      ['over-limit', [{ pid: 100, startedAt: 's100' }], 'overMemory'],
    ]);
  });

  it('narrow a list to the rows that they are about, and to those whose own they are', async () => {
    const of = async (finding: FindingType) => {
      const fake = fakeUi({ json: true });
      const left = anOrphan(103, { owner: { pid: 102, startedAt: 's102' } });
      const looks = [aLook([...rows, anIdle(102), left], START_MS)];
      await list(fake.ui, fakeCore({ looks }), { user: null, status: null, sort: 'pid', tree: false, finding });
      return snapshotShape.parse(JSON.parse(fake.out())).processes.map(({ pid }) => pid);
    };
    expect([await of('orphan'), await of('over-limit'), await of('growing')]).toEqual([[102, 103, 101], [100], []]);
  });

  it('without any is a sentence', async () => {
    expect(await shown([])).toEqual({ code: 0, out: 'Nothing is worth a look.\n', err: '' });
  });
});
