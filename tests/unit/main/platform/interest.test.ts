import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isOfInterest } from '../../../../src/main/platform/interest.js';
import type { StaticFacts } from '../../../../src/shared/types.js';

const facts = (some: Partial<StaticFacts>): StaticFacts => ({
  comm: 'sleep',
  exe: '/usr/bin/sleep',
  exeId: '1:2',
  argv: ['sleep', '9'],
  marks: {},
  ...some,
});

it.each<[string, Partial<StaticFacts>, boolean]>([
  ['an ordinary program', {}, false],
  ['nothing readable', { comm: null, exe: null, exeId: null, argv: null, marks: null }, false],
  ['a name like Claude', { comm: '.Claude-wrapped' }, true],
  ['an executable below a folder of Claude', { exe: '/home/dana/.local/share/claude/versions/2.1.330 (deleted)' }, true],
  ['a script in an argument', { argv: ['node', '/x/@anthropic-ai/y.js'] }, true],
  ['an MCP server', { argv: ['npm', 'exec', '@model/server-MCP'] }, true],
  ['a model', { argv: ['chat', '--model', 'x'] }, true],
  ['a mark', { marks: { CLAUDECODE: '1' } }, true],
  ['marks of others only', { marks: { TMUX: '/tmp/x', INVOCATION_ID: '1' } }, false],
  ['the word far behind', { argv: [...Array.from({ length: 40 }, () => 'x'), 'claude'] }, false],
])('%s', (_name, some, expected) => {
  expect(isOfInterest(facts(some))).toBe(expected);
});

/** Everything that the rules claim must be of interest, unless only its surroundings tell (then focus covers it). */
it('covers the captured rows that are Claude’s by what they are', () => {
  const rows = readFileSync(new URL('../../../fixtures/process-rows.jsonl', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(
      (
        line,
      ): {
        id: string;
        platform: string;
        comm: string;
        exe: string;
        argv: string[];
        env: StaticFacts['marks'];
        expected: { kind: string | null };
      } => JSON.parse(line),
    );
  const missed = rows
    .filter((row) => row.platform === 'linux' && row.expected.kind !== null)
    .filter((row) => !isOfInterest({ comm: row.comm, exe: row.exe, exeId: null, argv: row.argv, marks: row.env }))
    .map((row) => `${row.id} ${row.expected.kind}`);
  expect(missed).toEqual([]);
});
