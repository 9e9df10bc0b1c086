import { readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRoot, type LaunchedApp } from './launch.js';
import { launchAsUser } from './launch-as-user.js';

const SECCOMP_FILTER = '2';

const statusOf = (pid: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...readFileSync(`/proc/${pid}/status`, 'utf8').matchAll(/^(\w+):\t(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

const argumentsOf = (pid: number): readonly string[] => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0 ]/);

describe('as an ordinary user', () => {
  let launched: LaunchedApp;
  let rendererPid: number;
  beforeAll(async () => {
    launched = await launchAsUser();
    await launched.page.waitForLoadState('load');
    rendererPid = await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0);
  });
  afterAll(async () => {
    await launched?.close();
  });

  it('shows its window', async () => {
    await expect
      .poll(() => launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((one) => one.isVisible())))
      .toEqual([true]);
    expect(await launched.page.title()).toBe('Claude Manager');
  });

  it('runs as that user, never asked for less than the sandbox', () => {
    const uids = [launched.pid, rendererPid].map((pid) => Number(statusOf(pid)['Uid']?.split('\t')[0]));
    expect(uids.every((uid) => (isRoot ? uid >= 1000 : uid === process.getuid?.()))).toBe(true);
    expect([launched.pid, rendererPid].flatMap(argumentsOf).filter((argument) => /no-sandbox|disable-.*sandbox/.test(argument))).toEqual(
      [],
    );
  });

  it('keeps the page in a sandbox: filtered system calls, a process table and a network of its own', () => {
    const { Seccomp, NoNewPrivs, NSpid = '' } = statusOf(rendererPid);
    const own = (name: string): boolean =>
      readlinkSync(`/proc/${rendererPid}/ns/${name}`) !== readlinkSync(`/proc/${launched.pid}/ns/${name}`);
    expect({ Seccomp, NoNewPrivs, nested: NSpid.split('\t').length > 1, pid: own('pid'), net: own('net') }).toEqual({
      Seccomp: SECCOMP_FILTER,
      NoNewPrivs: '1',
      nested: true,
      pid: true,
      net: true,
    });
  });
});
