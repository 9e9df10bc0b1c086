import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAccounts } from '../../../../src/main/platform/accounts.js';
import { eventually } from './children.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cm-etc-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const passwd = (text: string): void => writeFileSync(join(folder, 'passwd'), text);
/** Stands in for a directory service: notes who was asked for. */
const getent = (script: string): string => {
  const path = join(folder, 'getent');
  writeFileSync(path, `#!/bin/sh\necho "$*" >> '${folder}/asked'\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
};
const asked = (): readonly string[] =>
  existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n') : [];

it('knows the local accounts at once', () => {
  passwd('root:x:0:0::/root:/bin/sh\ndana:x:1000:1000::/home/dana:/bin/sh\nnohome:x:5:5:::\n');
  const accounts = createAccounts(folder, null);
  expect([0, 1000, 5, 7].map((uid) => [accounts.userOf(uid), accounts.homeOf(uid)])).toEqual([
    ['root', '/root'],
    ['dana', '/home/dana'],
    ['nohome', null],
    [null, null],
  ]);
});

it('reads a changed file after refresh, and keeps what it knew when it is gone', () => {
  passwd('dana:x:1000:1000::/home/dana:/bin/sh\n');
  const accounts = createAccounts(folder, null);
  expect(accounts.userOf(1000)).toBe('dana');
  passwd('dora:x:1000:1000::/home/dora:/bin/sh\n');
  utimesSync(join(folder, 'passwd'), 1, 1);
  expect(accounts.userOf(1000)).toBe('dana');
  accounts.refresh();
  expect(accounts.userOf(1000)).toBe('dora');
  rmSync(join(folder, 'passwd'));
  accounts.refresh();
  expect(accounts.homeOf(1000)).toBe('/home/dora');
});

it('asks for an unknown uid once, in the background', async () => {
  passwd('root:x:0:0::/root:/bin/sh\n');
  const accounts = createAccounts(folder, getent('echo "ldap-$2:*:$2:100::/net/$2:/bin/sh"'));
  expect([accounts.userOf(20_001), accounts.homeOf(20_001), accounts.userOf(20_002), accounts.userOf(0)]).toEqual([
    null,
    null,
    null,
    'root',
  ]);
  await eventually('answers', () => accounts.userOf(20_001) !== null && accounts.userOf(20_002) !== null);
  expect([accounts.userOf(20_001), accounts.homeOf(20_002)]).toEqual(['ldap-20001', '/net/20002']);
  expect(asked()).toEqual(['passwd 20001', 'passwd 20002']);
});

it('takes no answer, a wrong one and a missing command for unknown, and does not ask again at once', async () => {
  const accounts = createAccounts(folder, getent('[ "$2" = 7 ] && exit 2; echo "evil:x:0:0::/root:/bin/sh"'));
  expect([accounts.userOf(7), accounts.userOf(8)]).toEqual([null, null]);
  await eventually('both asked for', () => asked().length === 2);
  // The answers arrive after the questions: the next two turn up in the same order.
  const later = createAccounts(folder, join(folder, 'no such command'));
  expect(later.userOf(9)).toBeNull();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([accounts.userOf(7), accounts.userOf(8), later.userOf(9)]).toEqual([null, null, null]);
  expect(asked()).toEqual(['passwd 7', 'passwd 8']);
});
