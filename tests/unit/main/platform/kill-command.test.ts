import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { handCommand, killCommand } from '../../../../src/main/platform/kill-command.js';
import type { ProcessKey } from '../../../../src/shared/types.js';
import { procStat, until } from '../../../fixtures/lab.js';

const NOBODY = [[[]], [[0]], [[1]], [[-1]], [[-12]], [[12, 1.5]], [[Number.NaN]], [[Number.POSITIVE_INFINITY]], [[1e21]]] as const;

/** Runs a command line in a shell; what it says of those who are gone is of no interest. */
const inShell = (command: string): Promise<unknown> => promisify(execFile)('/bin/sh', ['-c', command]).catch(() => undefined);

describe('command lines on real processes', () => {
  let children: ChildProcess[] = [];
  let folder: string | null = null;

  const start = async (command: string, args: readonly string[]): Promise<{ readonly child: ChildProcess; readonly key: ProcessKey }> => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(child);
    const pid = child.pid ?? 0;
    await until('it has begun', () => procStat(pid) !== null);
    return { child, key: { pid, startedAt: procStat(pid)?.startedAt ?? '' } };
  };
  /** Does not end for SIGTERM; resolves once that is so. */
  const stubborn = async () => {
    const made = await start('/bin/bash', ['-c', 'trap "" TERM; echo ready; while :; do sleep 1; done']);
    await new Promise((resolve) => made.child.stdout?.once('data', resolve));
    return made;
  };
  const signalOf = (child: ChildProcess): Promise<NodeJS.Signals | null> =>
    new Promise((resolve) => {
      if (child.signalCode !== null) resolve(child.signalCode);
      else child.once('exit', (_code, signal) => resolve(signal));
    });
  const byHand = (targets: readonly ProcessKey[], intent: 'ask' | 'force'): Promise<unknown> =>
    inShell(handCommand(targets, intent).replace(/^sudo /, ''));

  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    children = [];
    if (folder !== null) rmSync(folder, { recursive: true });
    folder = null;
  });

  it('by hand ends who still has the start stamp, and nobody who has the pid since', async () => {
    const [one, other] = await Promise.all([start('/bin/sleep', ['300']), start('/bin/sleep', ['300'])]);
    await byHand([one.key, { ...other.key, startedAt: String(Number(other.key.startedAt) - 1) }], 'ask');
    expect([await signalOf(one.child), other.child.signalCode]).toEqual(['SIGTERM', null]);
  });

  it('by hand is not misled by a name that looks like the rest of a stat line', async () => {
    folder = mkdtempSync(join(tmpdir(), 'kill-'));
    const name = join(folder, 'x) R 1 \n1) 2');
    copyFileSync('/bin/sleep', name);
    const { child, key } = await start(name, ['300']);
    await byHand([key], 'ask');
    expect(await signalOf(child)).toBe('SIGTERM');
  });

  it('by hand forces only after having asked, and again only the same one', async () => {
    const [obeying, ignoring] = [await start('/bin/sleep', ['300']), await stubborn()];
    await byHand([obeying.key, ignoring.key], 'force');
    expect([await signalOf(obeying.child), await signalOf(ignoring.child)]).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('of macOS forces only after having asked', async () => {
    const [obeying, ignoring, stranger] = [await start('/bin/sleep', ['300']), await stubborn(), await stubborn()];
    await inShell(killCommand('darwin', [obeying.key.pid, ignoring.key.pid], 'force'));
    expect([await signalOf(obeying.child), await signalOf(ignoring.child)]).toEqual(['SIGTERM', 'SIGKILL']);
    expect(stranger.child.signalCode).toBe(null);
  });
});

describe('killCommand', () => {
  it.each([
    ['darwin', 'ask', '/bin/kill -TERM 12 34'],
    ['win32', 'ask', 'taskkill /PID 12 /PID 34'],
    ['win32', 'force', 'taskkill /F /PID 12 /PID 34'],
  ] as const)('on %s to %s is %s', (os, intent, command) => {
    expect(killCommand(os, [12, 34], intent)).toBe(command);
  });

  it.each(NOBODY)('throws on %j rather than to name many', (pids: readonly number[]) => {
    for (const os of ['darwin', 'win32'] as const) expect(() => killCommand(os, pids, 'ask')).toThrow(/no process to end/);
    expect(() =>
      handCommand(
        pids.map((pid) => ({ pid, startedAt: '5' })),
        'ask',
      ),
    ).toThrow(/no process to end/);
  });

  it('throws on a stamp that is none, whatever a shell would make of it', () => {
    for (const startedAt of ['', '-1', "5'; reboot; '", '5 6', '05']) expect(() => handCommand([{ pid: 12, startedAt }], 'ask')).toThrow();
  });
});
