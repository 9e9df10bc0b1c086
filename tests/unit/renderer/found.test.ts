import { describe, expect, it } from 'vitest';
import { countFound, findingsByRow, rowsFound } from '../../../src/renderer/found.js';
import type { Finding, FindingType } from '../../../src/shared/findings.js';

const about = (type: FindingType, ...pids: readonly number[]): Finding => ({
  id: `${type} ${pids.join(' ')}`,
  type,
  keys: pids.map((pid) => ({ pid, startedAt: `s${pid}` })),
  user: 'dana',
  name: 'x',
  text: { id: type, values: {} },
});
const FINDINGS = [about('duplicate', 1, 2), about('old', 1), about('over-limit')];

describe('rows with findings', () => {
  it('are those that a finding names, by its kind or any', () => {
    const idsOf = (filter: Parameters<typeof rowsFound>[1]) => [...(rowsFound(FINDINGS, filter) ?? ['all'])];
    expect([idsOf('any'), idsOf('some'), idsOf('duplicate'), idsOf('old'), idsOf('over-limit'), idsOf('growing')]).toEqual([
      ['all'],
      ['1:s1', '2:s2'],
      ['1:s1', '2:s2'],
      ['1:s1'],
      [],
      [],
    ]);
    expect(
      findingsByRow(FINDINGS)
        .get('1:s1')
        ?.map(({ type }) => type),
    ).toEqual(['duplicate', 'old']);
  });

  it('are the same set as long as nothing new is found, and are counted where they are still there', () => {
    expect(rowsFound(FINDINGS, 'some')).toBe(rowsFound(FINDINGS, 'some'));
    expect(countFound(FINDINGS, 'some', (id) => id !== '2:s2')).toBe(1);
    expect(countFound(FINDINGS, 'any', () => true)).toBe(0);
  });
});
