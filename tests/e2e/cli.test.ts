import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doctorShape, endShape, errorShape, snapshotShape } from '../../src/cli/json-shape.js';
import { createLab, isAlive, type Lab, procStat, until } from '../fixtures/lab.js';
import { type Cli, type CliRun, createCli } from './cli-process.js';

const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;
/** Above every pid that Linux can give (PID_MAX_LIMIT). */
const NO_SUCH_PID = '4194305';
const ROWS = new URL('../fixtures/process-rows.jsonl', import.meta.url);

let lab: Lab;
let cli: Cli;
beforeAll(() => {
  lab = createLab();
  cli = createCli({ claudeConfigDir: join(lab.home, '.claude') });
});
/** What a tool shell started after the lab had looked: it works in the lab's folder, where nobody else does. */
const endStrays = (): void => {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readlinkSync(`/proc/${pid}/cwd`).startsWith(`${lab.home}/`)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // Gone, or another user's: none of ours.
    }
  }
};
afterAll(async () => {
  cli?.close();
  if (lab) endStrays();
  await lab?.close();
});

const statusKb = (pid: number, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
const memoryOf = (pid: number): number => (statusKb(pid, 'RssAnon') + statusKb(pid, 'VmSwap')) * 1024;
const listed = async (argv: readonly string[] = []) => {
  const seen = await cli.run(['list', '--json', ...argv]);
  expect({ code: seen.code, err: seen.err }).toEqual({ code: 0, err: '' });
  return snapshotShape.parse(JSON.parse(seen.out));
};
const errorOf = ({ out }: CliRun) => errorShape.parse(JSON.parse(out)).error;
const log = (): string => {
  try {
    return readFileSync(cli.logFile, 'utf8');
  } catch {
    return '';
  }
};
const stampOf = (pid: number): string => procStat(pid)?.startedAt ?? 'none';

describe('list', () => {
  it('agrees with /proc', async () => {
    const session = await lab.session({
      name: 'billing',
      project: 'billing',
      memoryMb: 20,
      servers: [{ name: 'server-postgres', memoryMb: 5 }],
      tool: 'sleep 1000',
      idleMs: 60_000,
    });
    const { processes } = await listed();
    const row = processes.find(({ pid }) => pid === session.pid);
    expect(row).toMatchObject({
      startedAt: stampOf(session.pid),
      ppid: procStat(session.pid)?.ppid,
      uid: process.getuid?.(),
      kind: 'cli-session',
      leftOver: 'no',
      activity: 'idle',
      name: 'billing',
      projectDir: session.projectDir,
      owner: null,
      session: { sessionId: session.sessionId, version: '2.1.330' },
      memoryBytes: memoryOf(session.pid),
      refusal: null,
    });
    const owned = processes.filter(({ owner }) => owner?.pid === session.pid);
    const family = [session.pid, ...owned.map(({ pid }) => pid)];
    expect(session.children.every((pid) => family.includes(pid))).toBe(true);
    expect(owned.map(({ kind }) => kind).sort()).toEqual(['mcp-server', 'tool-child', 'tool-shell']);
    expect(row?.tree).toMatchObject({ memoryBytes: family.reduce((sum, pid) => sum + memoryOf(pid), 0), count: 4, memoryIsPartial: false });
    // A process that sleeps has used no CPU between two looks, and that is known.
    expect(row?.cpuPercent).toBe(0);

    const table = await cli.run(['list', '--tree', '--sort', 'pid']);
    expect(table.code).toBe(0);
    expect(table.out).toMatch(new RegExp(`^ *${session.pid} .* cli-session +Idle +billing +${session.projectDir}$`, 'm'));
    expect(table.out).toMatch(/├ server-postgres\n|└ server-postgres\n/);
  });

  it('counts a core at full work as 100 %', async () => {
    const busy = await lab.session({ tool: 'while :; do :; done' });
    const { processes } = await listed();
    const shell = processes.find(({ pid }) => pid === busy.children[0]);
    // The machine may be shared: near a core, never more than one thread can use.
    expect(shell?.cpuPercent).toBeGreaterThan(10);
    expect(shell?.cpuPercent).toBeLessThan(110);
    const own = processes.find(({ pid }) => pid === busy.pid);
    expect(own?.tree.cpuPercent).toBeGreaterThanOrEqual(shell?.cpuPercent ?? Number.NaN);
    process.kill(busy.pid, 'SIGKILL');
    for (const pid of busy.children) process.kill(pid, 'SIGKILL');
  });

  it('finds a left-over, says why, and filters by it', async () => {
    const pid = await lab.orphanServer({ name: 'server-lost' });
    const { processes } = await listed(['--status', 'ORPHAN']);
    const row = processes.find((one) => one.pid === pid);
    expect(row).toMatchObject({ kind: 'mcp-server', leftOver: 'yes', status: 'orphan' });
    expect(row?.leftOverEvidence.some(({ weight }) => weight === 'for')).toBe(true);
    expect(processes.every(({ owner, conditions }) => owner !== null || conditions.includes('orphan'))).toBe(true);

    const explained = await cli.run(['explain', String(pid)]);
    expect(explained.code).toBe(0);
    expect(explained.out).toContain('Left over: yes');
    for (const { message } of row?.leftOverEvidence ?? []) expect(explained.out).toContain(message);
    expect(explained.out).not.toContain('⟦');
  });

  it('lets nothing of a process act on the terminal', async () => {
    const evil = '\x1b]0;owned\x07\x1b[2Jx\u009b31m\r\n\u202e';
    const session = await lab.session({ name: `evil${evil}`, args: ['--session-id', `s${evil}`], project: 'evil\x1b[2Jq' });
    for (const argv of [
      ['list'],
      ['list', '--tree'],
      ['list', '--json'],
      ['explain', String(session.pid)],
      ['end', String(session.pid)],
      ['capture'],
    ]) {
      const { out, err } = await cli.run(argv);
      expect(out).toContain('evil');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect([argv, (out + err).match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/)]).toEqual([argv, null]);
    }
  });
});

describe('end refuses, and signals nobody', () => {
  it.each(['0', '-1', '-5', '1.5', '1e3', 'abc', '', '99999999999', '+1', ' 1'])('%j is no process id: 2', async (pid) => {
    const seen = await cli.run(['end', pid, '--yes', '--force', '--json']);
    expect([seen.code, errorOf(seen).id]).toEqual([2, 'notAPid']);
  });

  it.each(['1', NO_SUCH_PID])('%s: 3', async (pid) => {
    const seen = await cli.run(['end', pid, '--yes', '--force', '--json']);
    expect(seen.code).toBe(3);
    expect(errorOf(seen).message).not.toContain('⟦');
    expect(log()).toMatch(new RegExp(`INFO - KILL_PROCESS: PID ${pid} - .*Result: refused`));
  });

  it('a process that is not Claude’s: 3', async () => {
    const pid = await lab.bystander();
    const stamp = stampOf(pid);
    const seen = await cli.run(['end', String(pid), '--yes', '--force', '--json']);
    expect([seen.code, errorOf(seen).id]).toEqual([3, 'notClaude']);
    expect(isAlive(pid, stamp)).toBe(true);
    expect((await cli.run(['explain', String(pid)])).code).toBe(0);
  });

  it('itself: 3', async () => {
    // exec keeps the pid: $$ is the command line's own.
    const seen = await cli.shell('exec $CLI end $$ --yes --force --json');
    expect([seen.code, errorOf(seen).reason]).toEqual([3, 'protected']);
  });

  it('its parent shell: 3', async () => {
    const seen = await cli.shell('trap "echo signalled" TERM; $CLI end $$ --yes --force --json; echo "code $?"');
    expect(seen.out).toMatch(/"reason":"protected"[^\n]*\ncode 3\n$/);
    expect(seen.out).not.toContain('signalled');
  });

  it('the session that it was started in: 3', async () => {
    const out = join(lab.home, 'ended-by-tool');
    const session = await lab.session({
      project: 'inside',
      // The tool shell's parent is the engine.
      tool: `env HOME=${cli.env.HOME} XDG_STATE_HOME=${cli.env.XDG_STATE_HOME} ${cli.env.CLI} end $PPID --yes --force --json > ${out}; echo "code $?" >> ${out}; sleep 1000`,
    });
    const stamp = stampOf(session.pid);
    await until('the tool has tried', () => {
      try {
        return readFileSync(out, 'utf8').includes('code ');
      } catch {
        return false;
      }
    });
    expect(readFileSync(out, 'utf8')).toMatch(/"id":"ancestor"[^\n]*\ncode 3\n$/);
    expect(isAlive(session.pid, stamp)).toBe(true);
  });

  it('without a terminal and without --yes: 3', async () => {
    const session = await lab.session({ project: 'unasked' });
    const seen = await cli.run(['end', String(session.pid), '--force'], { stdin: 'y\n' });
    expect(seen.code).toBe(3);
    expect(seen.err).toContain('Nobody was asked');
    expect(seen.out).toContain(`✓ ${session.pid} unasked (cli-session`);
    expect(isAlive(session.pid)).toBe(true);
    expect(log()).toMatch(new RegExp(`PID ${session.pid} - .*Result: cancelled`));
  });

  it('--yes for a busy session: 3', async () => {
    const session = await lab.session({ project: 'busy', status: 'busy' });
    const seen = await cli.run(['end', String(session.pid), '--yes', '--force', '--json']);
    expect([seen.code, errorOf(seen).id]).toEqual([3, 'warned']);
    expect(isAlive(session.pid)).toBe(true);
  });

  it.runIf(isRoot)('another user’s process: 3', async () => {
    const session = await lab.session({ project: 'roots' });
    const other = createCli({ claudeConfigDir: join(lab.home, '.claude'), uid: NOBODY });
    try {
      const seen = await other.run(['end', String(session.pid), '--yes', '--force', '--json']);
      expect([seen.code, seen.err]).toEqual([3, '']);
      expect(errorOf(seen)).toMatchObject({ reason: 'denied', id: 'otherUser' });
      expect(isAlive(session.pid)).toBe(true);
    } finally {
      other.close();
    }
  });
});

describe('end', () => {
  it('--yes ends an idle session with what it owns, and logs it', async () => {
    const session = await lab.session({ project: 'done', servers: [{ name: 'server-done' }] });
    const seen = await cli.run(['end', String(session.pid), '--yes', '--json']);
    expect([seen.code, seen.err]).toEqual([0, '']);
    const { results, preview } = endShape.parse(JSON.parse(seen.out));
    expect(preview.targets.map(({ pid, role, accepted }) => [pid, role, accepted])).toEqual([
      [session.pid, 'chosen', true],
      [session.children[0], 'owned', true],
    ]);
    expect(results.map(({ pid, outcome, signal }) => [pid, outcome, signal])).toEqual([
      [session.pid, 'done', 'SIGTERM'],
      [session.children[0], 'done', 'SIGTERM'],
    ]);
    expect([session.pid, ...session.children].map((pid) => isAlive(pid))).toEqual([false, false]);
    expect(log()).toMatch(
      new RegExp(
        `^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d - SUCCESS - KILL_PROCESS: PID ${session.pid} - User: \\S+ - Memory: \\d+MB - Signal: SIGTERM`,
        'm',
      ),
    );
  });

  it('kills one that ignores the request only by --force', async () => {
    const session = await lab.session({ project: 'stubborn', ignoreTerm: true });
    const stamp = stampOf(session.pid);
    const asked = await cli.run(['end', String(session.pid), '--yes', '--json']);
    expect(asked.code).toBe(1);
    expect(endShape.parse(JSON.parse(asked.out)).results).toMatchObject([
      { pid: session.pid, outcome: 'failed', reason: 'timeout', signal: 'SIGTERM' },
    ]);
    expect(isAlive(session.pid, stamp)).toBe(true);

    const forced = await cli.run(['end', String(session.pid), '--yes', '--force', '--json']);
    expect(forced.code).toBe(0);
    expect(endShape.parse(JSON.parse(forced.out)).results).toMatchObject([{ pid: session.pid, outcome: 'done', signal: 'SIGKILL' }]);
    expect(isAlive(session.pid, stamp)).toBe(false);
  });

  it('asks on a terminal: a no ends nothing, a yes does', async () => {
    const session = await lab.session({ project: 'asked' });
    const no = await cli.terminal(['end', String(session.pid)], { after: '[y/N]', text: 'n\r' });
    expect(no.code).toBe(3);
    expect(no.out).toContain('Cancelled. Nothing was signalled.');
    expect(isAlive(session.pid)).toBe(true);
    const interrupted = await cli.terminal(['end', String(session.pid)], { after: '[y/N]', text: '\x03' });
    expect(interrupted.code).toBe(3);
    expect(isAlive(session.pid)).toBe(true);
    const yes = await cli.terminal(['end', String(session.pid)], { after: '[y/N]', text: 'y\r' });
    expect(yes.code).toBe(0);
    expect(isAlive(session.pid)).toBe(false);
  });
});

describe('watch', () => {
  it('--json prints one line a look until it is asked to end', async () => {
    const child = cli.start(['watch', '--json', '--interval', '0.5']);
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    const lines: string[] = [];
    if (child.stdout === null) throw new Error('no stdout');
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length === 3) child.kill('SIGTERM');
    }
    expect(await closed).toBe(0);
    expect(lines.slice(0, 3).map((line) => snapshotShape.parse(JSON.parse(line)).sequence)).toEqual([1, 2, 3]);
  });

  it('ends quietly when its reader has gone', async () => {
    const seen = await cli.shell(`$CLI watch --json --interval 0.5 | head -n 1 | wc -l; echo "codes \${PIPESTATUS[*]}"`);
    expect(seen).toEqual({ code: 0, out: '1\ncodes 0 0 0\n', err: '' });
  });

  it('fills a terminal and gives it back', async () => {
    const session = await lab.session({ project: 'watched' });
    const seen = await cli.terminal(['watch', '--interval', '60'], { after: String(session.pid), text: 'q' });
    expect(seen.code).toBe(0);
    expect(seen.out.startsWith('\x1b[?1049h')).toBe(true);
    expect(seen.out.trimEnd().endsWith('\x1b[?7h\x1b[?25h\x1b[?1049l')).toBe(true);
    expect(seen.out).toMatch(/next look in \d+ s/);
    expect(seen.out).toContain('watched');
  });

  it('prints one table where its output is no terminal', async () => {
    const seen = await cli.run(['watch']);
    expect(seen.code).toBe(0);
    expect(seen.out).toContain('This output is no terminal');
  });
});

describe('rows', () => {
  it('classify agrees with every row of the fixtures', async () => {
    const wanted = readFileSync(ROWS, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ id, expected }) => ({ id, kind: expected.kind, leftOver: expected.leftOver }));
    const seen = await cli.run(['classify', '--rows', ROWS.pathname]);
    expect([seen.code, seen.err]).toEqual([0, '']);
    expect(
      seen.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(wanted);
  });

  it('names a bad line and judges the others', async () => {
    const good = readFileSync(ROWS, 'utf8').split('\n')[0];
    const seen = await cli.run(['classify', '--rows', '-'], { stdin: `${good}\n{"pid":\x1b[2J\n\n[]\n${good}\n` });
    expect(seen.code).toBe(1);
    expect(seen.out.trimEnd().split('\n')).toHaveLength(2);
    expect(seen.err).toMatch(/^claude-manager: Line 2: .*\nclaude-manager: Line 4: .*\n/);
    expect(seen.err).not.toContain('\x1b');
    expect((await cli.run(['classify', '--rows', '/nonexistent/rows'])).code).toBe(1);
  });

  it('capture and classify say what list says', async () => {
    await lab.session({ project: 'captured', servers: [{ name: 'server-captured' }], tool: 'sleep 1000' });
    const captured = await cli.run(['capture']);
    expect([captured.code, captured.err]).toEqual([0, '']);
    const classified = await cli.run(['classify', '--rows', '-'], { stdin: captured.out });
    expect([classified.code, classified.err]).toEqual([0, '']);
    const { processes } = await listed();
    const linesOf = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    const rows = linesOf(captured.out);
    const verdicts = linesOf(classified.out);
    expect(verdicts.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    // The lab's own: others' processes may come and go between two looks.
    const ours = new Set(
      processes.filter(({ projectDir }) => projectDir?.startsWith(lab.home)).map(({ pid, startedAt }) => `${pid}:${startedAt}`),
    );
    expect(ours.size).toBeGreaterThanOrEqual(4);
    expect(verdicts.filter(({ id }) => ours.has(id))).toEqual(
      verdicts.flatMap(({ id }) =>
        processes
          .filter(({ pid, startedAt }) => ours.has(id) && id === `${pid}:${startedAt}`)
          .map(({ kind, leftOver }) => ({ id, kind, leftOver })),
      ),
    );
    expect(verdicts.filter(({ id }) => ours.has(id))).toHaveLength(ours.size);
  });
});

describe('the rest', () => {
  it('doctor finds nothing essential missing here', async () => {
    const seen = await cli.run(['doctor', '--json']);
    expect(seen.code).toBe(0);
    const value = doctorShape.parse(JSON.parse(seen.out));
    expect(value.ok).toBe(true);
    expect(value.checks.map(({ message }) => message).filter((message) => message.includes('⟦'))).toEqual([]);
  });

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await cli.run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it('ends with 2 and a hint for what it does not know', async () => {
    const seen = await cli.run(['frobnicate']);
    expect([seen.code, seen.out]).toEqual([2, '']);
    expect(seen.err).toContain('claude-manager --help');
  });

  it('loses nothing of a long output to a slow reader', async () => {
    const text = readFileSync(ROWS, 'utf8').trimEnd();
    const seen = await cli.shell(`for i in $(seq 60); do cat '${ROWS.pathname}'; done | $CLI classify --rows - | (sleep 1; wc -l)`);
    expect(seen).toEqual({ code: 0, out: `${60 * text.split('\n').length}\n`, err: '' });
  });
});
