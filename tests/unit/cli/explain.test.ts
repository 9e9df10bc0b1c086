import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/cli/explain.js';
import type { RawProcess } from '../../../src/shared/types.js';
import { fakeCore } from './fake-core.js';
import { fakeUi } from './fake-io.js';
import { aLook, aRow } from './views.js';

const MB = 1024 * 1024;

const raw = (pid: number, comm: string): RawProcess => ({
  key: { pid, startedAt: `s${pid}` },
  ppid: 1,
  uid: 0,
  user: 'root',
  state: 'S',
  tty: '?',
  cwd: null,
  pgid: pid,
  sid: pid,
  startedAtMs: null,
  facts: { comm, exe: null, exeId: null, argv: null, marks: null },
  counters: { cpuMs: null, rssBytes: null, rssAnonBytes: null, swapBytes: null, threads: null },
});

describe('explain', () => {
  it('says what a process is, whether it is left over, and why', async () => {
    const session = aRow(10, { name: 'billing' });
    const server = aRow(11, {
      kind: 'mcp-server',
      name: 'server-postgres',
      owner: session.key,
      projectDir: '/p\x1b[2J',
      command: 'server --stdio',
      activity: 'none',
      leftOver: 'unknown',
      conditions: ['possible-orphan', 'old'],
      kindEvidence: [{ id: 'noSuchEvidence', weight: 'for' }],
      tree: { memoryBytes: 300 * MB, cpuPercent: 1, count: 2, memoryIsPartial: false },
      refusal: { reason: 'denied', id: 'otherUser', values: { user: 'jo' } },
    });
    const fake = fakeUi();
    expect(await explain(fake.ui, fakeCore({ looks: [aLook([session, server])] }), 11)).toBe(0);
    expect(fake.out().trimEnd().split('\n')).toEqual([
      '11 server-postgres',
      'User: dana',
      'Project: /p␛[2J',
      'Command: server --stdio',
      'Running for: 1 m',
      'Memory: 100 MB, with all it owns 300 MB in 2 processes',
      'Belongs to: 10 billing',
      'Status: Possible orphan, Old',
      '',
      'Kind: MCP server (mcp-server)',
      '  + ⟦evidence.noSuchEvidence⟧',
      'Left over: not certain',
      'Can be ended: no. It belongs to the user jo. Only that user or an administrator may do that.',
    ]);
  });

  it('says how a process can be ended that may be', async () => {
    const fake = fakeUi();
    await explain(fake.ui, fakeCore({ looks: [aLook([aRow(10)])] }), 10);
    expect(fake.out().trimEnd().split('\n').at(-1)).toBe('Can be ended: yes, with `claude-manager end 10`');
  });

  it('says in one line that a process is not Claude’s', async () => {
    const fake = fakeUi();
    const core = fakeCore({ looks: [aLook([])], reading: { processes: [raw(1, 'sys\x1b]temd')] } });
    expect(await explain(fake.ui, core, 1)).toBe(0);
    expect(fake.out()).toMatch(/^1 \(sys␛\]temd\) is not Claude's: .*\n$/);
  });

  it('says so of itself and of what it started', async () => {
    const core = fakeCore({
      looks: [aLook([])],
      reading: { processes: [raw(900, 'node'), raw(901, 'sh')] },
      guard: { childPids: new Set([901]) },
    });
    for (const pid of [900, 901]) {
      const fake = fakeUi();
      expect(await explain(fake.ui, core, pid)).toBe(0);
      expect(fake.out()).toContain('is this program itself or started by it');
    }
  });

  it('knows one that no look lists, and refuses one that does not exist', async () => {
    const identities = { 50: { key: { pid: 50, startedAt: 's50' }, uid: null, exeId: null, state: 'S' } };
    const fake = fakeUi();
    expect(await explain(fake.ui, fakeCore({ looks: [aLook([])], identities }), 50)).toBe(0);
    expect(fake.out()).toMatch(/^50 \(\?\) is not Claude's/);
    expect(await explain(fake.ui, fakeCore({ looks: [aLook([])] }), 51)).toBe(3);
    expect(fake.err()).toBe('claude-manager: There is no process 51.\n');
  });
});
