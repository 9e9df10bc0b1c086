import { describe, expect, it } from 'vitest';
import { hasEngineKind, isReparented, isTerminalGone, trueParent } from '../../../src/shared/family.js';
import type { ParentFacts } from '../../../src/shared/process-facts.js';
import { facts } from '../../fixtures/builders.js';

const parent = (rest: Partial<ParentFacts>): ParentFacts => ({
  pid: 3000,
  alive: true,
  comm: 'zsh',
  kind: null,
  role: null,
  pgid: null,
  startedBefore: true,
  ancestors: [],
  ...rest,
});

describe('trueParent', () => {
  it('lives and was there first', () => {
    expect(trueParent(facts({ parent: parent({}) }))?.pid).toBe(3000);
    expect(trueParent(facts({ parent: parent({ startedBefore: null }) }))?.pid).toBe(3000);
    expect(trueParent(facts({ parent: parent({ startedBefore: false }) }))).toBeNull();
    expect(trueParent(facts({ parent: parent({ alive: false }) }))).toBeNull();
    expect(trueParent(facts({ parent: null }))).toBeNull();
  });
});

describe('isReparented', () => {
  it.each<[string, Parameters<typeof facts>[0], boolean]>([
    ['below init', { ppid: 1, parent: parent({ pid: 1, comm: 'systemd' }) }, true],
    ['below init, of which nothing is known', { ppid: 1, parent: null }, true],
    ['below systemd --user', { parent: parent({ comm: 'systemd', role: 'systemd --user' }) }, true],
    ["below a container's init that started it", { ppid: 1, parent: parent({ pid: 1, role: 'container-init' }) }, false],
    ['below a shell', { parent: parent({}) }, false],
    ["below WSL's init", { parent: parent({ pid: 9, comm: 'init(Ubuntu)' }) }, true],
    ['below a WSL relay', { parent: parent({ comm: 'Relay(400)' }) }, false],
    ['below a WSL relay, its terminal gone', { parent: parent({ comm: 'Relay(400)' }), hints: { fd0: '/dev/pts/2 (deleted)' } }, true],
    ['below nobody on Linux', { parent: parent({ alive: false }) }, false],
    ['below nobody on Windows', { platform: 'win32', parent: parent({ alive: false }) }, true],
    ['below pid 1 on Windows', { platform: 'win32', ppid: 1, parent: parent({ pid: 1 }) }, false],
    ['started from outside', { ppid: 0, parent: null }, false],
  ])('%s: %3$j', (_, rest, expected) => {
    expect(isReparented(facts(rest))).toBe(expected);
  });
});

it('a terminal is gone when its device is', () => {
  for (const fd0 of ['/dev/pts/78 (deleted)', '/dev/tty3 (deleted)', '(revoked)', '/dev/ttys004 (revoked)'])
    expect(isTerminalGone(fd0)).toBe(true);
  for (const fd0 of ['/dev/pts/78', '/dev/null', '/home/dana/x (deleted)', 'pipe:[12]', null, undefined])
    expect(isTerminalGone(fd0)).toBe(false);
});

it('engines are kinds that run the engine', () => {
  expect([hasEngineKind('cli-session'), hasEngineKind('mcp-serve'), hasEngineKind('mcp-server'), hasEngineKind(null)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
