import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endShape } from '../../src/cli/json-shape.js';
import { createLab, isAlive, type Lab, type LabSession, procStat, until } from '../fixtures/lab.js';
import { type Cli, createCli } from './cli-process.js';
import { ready } from './grid.js';
import { answerFirstScreen, electronExecutable, isRoot, launchIn, makeHome, repository } from './launch.js';
import { createOlderMachine, type OlderMachine } from './older-machine.js';

const HOUR_MS = 3_600_000;

// Nobody waits hours for a session to grow old; where the machine was started earlier, all of them are. Only root can say so.
describe.skipIf(!isRoot)('clean old, on sessions of three hours (only root can make a machine older)', () => {
  let machine: OlderMachine;
  let lab: Lab;
  let idle: LabSession;
  let untouched: (readonly [pid: number, startedAt: string | undefined])[] = [];
  let protectedOne: LabSession;

  /** Its conversation: a session that has worked for hours and has none would be warned of. */
  const transcriptOf = ({ projectDir, sessionId }: LabSession): void => {
    const folder = join(lab.home, '.claude', 'projects', projectDir.replace(/[^A-Za-z0-9]/g, '-'));
    mkdirSync(folder, { recursive: true });
    const said = { type: 'user', sessionId, message: { role: 'user', content: 'hello' } };
    writeFileSync(join(folder, `${sessionId}.jsonl`), `${JSON.stringify(said)}\n`);
  };

  beforeAll(() => {
    machine = createOlderMachine(3);
  });
  beforeEach(async () => {
    lab = createLab();
    idle = await lab.session({ project: 'long-idle', idleMs: 2.5 * HOUR_MS, servers: [{ name: 'server-idle', memoryMb: 4 }] });
    transcriptOf(idle);
    const busy = await lab.session({ project: 'busy', status: 'busy', idleMs: 2.5 * HOUR_MS });
    const waiting = await lab.session({ project: 'waiting', status: 'waiting', idleMs: 2.5 * HOUR_MS });
    const lately = await lab.session({ project: 'idle-lately', idleMs: 600_000 });
    const unknown = await lab.session({ project: 'without-record', record: false });
    protectedOne = await lab.session({ project: 'keep', idleMs: 2.5 * HOUR_MS });
    const stranger = await lab.bystander();
    const pids = [busy, waiting, lately, unknown, protectedOne].map(({ pid }) => pid);
    untouched = [...pids, stranger, process.pid].map((pid) => [pid, procStat(pid)?.startedAt]);
  });
  afterEach(async () => {
    const gone = untouched.filter(([pid, startedAt]) => startedAt === undefined || !isAlive(pid, startedAt));
    await lab.close();
    expect(gone).toEqual([]);
  });
  afterAll(() => machine?.close());

  const limits = (): string => JSON.stringify({ protect_rules: [{ by: 'project', value: protectedOne.projectDir }] });

  describe('on the command line', () => {
    let cli: Cli;
    beforeEach(() => {
      cli = createCli({ claudeConfigDir: join(lab.home, '.claude') });
      const folder = join(cli.env['XDG_CONFIG_HOME'] ?? '', 'claude-manager');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'claude_limits.json'), limits());
    });
    afterEach(() => cli?.close());
    const run = (...argv: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync(machine.within, [process.execPath, cli.entry, ...argv], {
        env: cli.env,
        encoding: 'utf8',
      });
      return { code: status, out: stdout, err: stderr };
    };

    it('ends what is old and idle with what it owns, and says why each of the others stays', () => {
      const shown = run('clean', 'old', '--dry-run', '--json');
      expect([shown.code, shown.err]).toEqual([0, '']);
      const { preview } = endShape.parse(JSON.parse(shown.out));
      expect(preview.targets.map(({ pid, ticked }) => [pid, ticked])).toEqual([idle.pid, ...idle.children].map((pid) => [pid, true]));
      const why = Object.fromEntries(preview.excluded.map(({ pid, refusal }) => [pid, refusal.id]));
      const [busy, waiting, lately, unknown, kept] = untouched.map(([pid]) => pid);
      expect(why).toEqual({
        ...{ [busy ?? 0]: 'notIdleBusy', [waiting ?? 0]: 'notIdleWaiting', [lately ?? 0]: 'notIdleLong' },
        ...{ [unknown ?? 0]: 'notIdleUnknown', [kept ?? 0]: 'protectProject' },
      });
      expect(isAlive(idle.pid)).toBe(true);

      const done = run('clean', 'old', '--yes', '--json');
      expect([done.code, done.err]).toEqual([0, '']);
      expect(endShape.parse(JSON.parse(done.out)).results.map(({ pid, outcome }) => [pid, outcome])).toEqual(
        [idle.pid, ...idle.children].map((pid) => [pid, 'done']),
      );
      expect([idle.pid, ...idle.children].filter((pid) => isAlive(pid))).toEqual([]);
      expect(readFileSync(cli.logFile, 'utf8')).toMatch(
        new RegExp(`- SUCCESS - CLEAN_OLD: Mortos: \\[${idle.pid}, ${idle.children[0]}\\]`),
      );
      expect(run('stopped', '--json').out).toContain('"CLEAN_OLD"');
    });

    it('ends nobody who is younger than is asked', () => {
      const { code, out } = run('clean', 'old', '--hours', '4', '--yes', '--json');
      expect([code, endShape.parse(JSON.parse(out)).preview.targets]).toEqual([0, []]);
      expect(isAlive(idle.pid)).toBe(true);
    });
  });

  it('in the window: the quick action carries the number, and hits just that', async () => {
    const home = mkdtempSync(join(tmpdir(), 'claude-manager-e2e-'));
    makeHome(home);
    answerFirstScreen(home);
    const folder = join(home, '.config', 'claude-manager');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'claude_limits.json'), limits());
    const wrapper = join(home, 'electron');
    writeFileSync(wrapper, `#!/bin/bash\nexec '${machine.within}' '${electronExecutable()}' "$@"\n`, { mode: 0o755 });
    const launched = await launchIn(
      {
        ...{ executable: wrapper, appFolder: repository, cwd: repository, switches: ['--no-sandbox'] },
        env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') },
      },
      home,
      {},
      () => rmSync(home, { recursive: true, force: true }),
    );
    try {
      const { page } = launched;
      await ready(page, idle.pid);
      const quick = page.getByRole('button', { name: /^Clean old/ });
      expect(await quick.textContent()).toMatch(/^Clean old…\s*2$/);
      await quick.click();
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      expect(await dialog.textContent()).toContain('long-idle');
      await dialog.getByRole('button', { name: /^End 2 processes$/ }).click();
      await until('they are gone', () => [idle.pid, ...idle.children].every((pid) => !isAlive(pid)), 20_000);
      await dialog.waitFor({ state: 'detached' });
    } finally {
      await launched.close();
    }
  });
});
