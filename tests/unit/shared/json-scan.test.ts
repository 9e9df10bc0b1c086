import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scanJson } from '../../../src/shared/json-scan.js';

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('scanning a JSON text', () => {
  test('agrees with JSON.parse on what is JSON, whole or damaged', () => {
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', ']', '"', ':', '\\', '0', '-', '\n', '\u0001', 'e', '{', '['))
      .map(
        ([text, at, sign]) => text.slice(0, at % (text.length + 1)) + sign + text.slice((at % (text.length + 1)) + (sign === '' ? 1 : 0)),
      );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          damaged,
          fc.string(),
          fc.jsonValue().map((value) => JSON.stringify(value, null, 2)),
        ),
        (text) => {
          expect([text, scanJson(text, 1000).ok]).toEqual([text, parses(text)]);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['{\n  "a": 1,\n  "b": oops\n}', 3],
    ['{\n  "a": 1\n  "b": 2\n}', 3],
    ['{\n  "a": 1,\n}', 3],
    ['{"a": NaN}', 1],
    ['{\n"a": "x\ny"}', 2],
    ['{\n\n', 3],
    ['', 1],
    ['[1]\n[2]', 2],
  ])('names the line of the mistake in %j', (text, line) => {
    expect(scanJson(text, 32)).toEqual({ ok: false, problem: 'syntax', line });
  });

  test('stops at a depth, at any length, without a stack', () => {
    expect(scanJson(`\n${'['.repeat(1_000_000)}`, 32)).toEqual({ ok: false, problem: 'depth', line: 2 });
    expect(scanJson(`${'['.repeat(32)}${']'.repeat(32)}`, 32).ok).toBe(true);
    expect(scanJson(`"${'\\n'.repeat(1_000_000)}"`, 32).ok).toBe(true);
  });

  test('knows the line of each value, and of the part above one that is not there', () => {
    const scan = scanJson(
      '{\n "global_settings": {\n  "theme": "dark",\n  "a.b": 1 },\n "user_limits": {\n  "\\u0061nn": {\n   "priority": 5\n } },\n "protect_rules": [\n  1,\n  { "by":\n 2 } ]\n}',
      32,
    );
    const lines = scan.ok
      ? [
          ['global_settings'],
          ['global_settings', 'theme'],
          ['global_settings', 'a.b'],
          ['user_limits', 'ann', 'priority'],
          ['user_limits', 'ann', 'enforce'],
          ['protect_rules', '0'],
          ['protect_rules', '1'],
          ['nothing'],
        ].map(scan.lineOf)
      : [];
    expect(lines).toEqual([2, 3, 4, 7, 6, 10, 11, 1]);
  });
});
