import type { Finding, FindingType } from '../shared/findings.js';
import { FINDING_TYPES } from '../shared/findings.js';
import { keyId } from '../shared/process-key.js';

/** "some" = those with a finding, whichever. */
export type FindingFilter = 'any' | 'some' | FindingType;

export const FINDING_FILTERS: readonly FindingFilter[] = ['any', 'some', ...FINDING_TYPES];

/** What was found about each row, by its id. */
type ByRow = ReadonlyMap<string, readonly Finding[]>;
type Rows = ReadonlySet<string>;

const byRow = new WeakMap<readonly Finding[], ByRow>();
const byFilter = new WeakMap<readonly Finding[], ReadonlyMap<FindingFilter, Rows>>();

/** What was found about each row, by its id; kept by the list's identity. */
export const findingsByRow = (findings: readonly Finding[]): ByRow => {
  const kept = byRow.get(findings);
  if (kept) return kept;
  const rows = new Map<string, Finding[]>();
  for (const finding of findings)
    for (const key of finding.keys) {
      const id = keyId(key);
      const mine = rows.get(id);
      if (mine) mine.push(finding);
      else rows.set(id, [finding]);
    }
  byRow.set(findings, rows);
  return rows;
};

const rowsByFilter = (findings: readonly Finding[]): ReadonlyMap<FindingFilter, Rows> => {
  const kept = byFilter.get(findings);
  if (kept) return kept;
  const rows = new Map<FindingFilter, Set<string>>(FINDING_FILTERS.map((filter) => [filter, new Set()]));
  for (const { type, keys } of findings)
    for (const key of keys) {
      rows.get(type)?.add(keyId(key));
      rows.get('some')?.add(keyId(key));
    }
  byFilter.set(findings, rows);
  return rows;
};

const NOBODY: Rows = new Set();

/** The rows that a filter leaves; null = it leaves all. The same set for the same list. */
export const rowsFound = (findings: readonly Finding[], filter: FindingFilter): Rows | null =>
  filter === 'any' ? null : (rowsByFilter(findings).get(filter) ?? NOBODY);

/** How many of the rows that are there a filter finds. */
export const countFound = (findings: readonly Finding[], filter: FindingFilter, isThere: (id: string) => boolean): number =>
  [...(rowsFound(findings, filter) ?? NOBODY)].filter(isThere).length;
