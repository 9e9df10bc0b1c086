import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/shared/classify.js';
import { judgeLeftOver } from '../../../src/shared/leftover.js';
import { parseRow } from '../../../src/shared/rows.js';

const lines = readFileSync(new URL('../../fixtures/process-rows.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const named = lines.map((line): [string, string, string] => {
  const { id, why } = JSON.parse(line);
  return [id, why, line];
});

describe('the captured rows', () => {
  it('are all there, each under a name of its own', () => {
    expect(new Set(named.map(([id]) => id)).size).toBe(110);
  });

  it.each(named)('%s: %s', (id, _why, line) => {
    const parsed = parseRow(line);
    if (!parsed.ok) throw new Error(parsed.error);
    const { facts, expected } = parsed.row;
    const kind = classify(facts).value;
    const leftOver = kind === null ? null : judgeLeftOver(facts, kind).value;
    expect({ id, kind, leftOver }).toEqual({ id, ...expected });
  });
});
