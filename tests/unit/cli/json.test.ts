import { describe, expect, it } from 'vitest';
import { snapshotJson, snapshotWriter } from '../../../src/cli/json.js';
import { jsonLine } from '../../../src/cli/output.js';
import type { Translate } from '../../../src/main/i18n.js';
import { aSnapshot, aView } from '../../fakes/a-view.js';

describe('snapshotWriter', () => {
  it('writes what the snapshot is as JSON, look after look, and puts a row that stays the same into words once', () => {
    const asked: string[] = [];
    const t: Translate = (key) => {
      asked.push(key);
      return `words of ${key}`;
    };
    const lineOf = snapshotWriter(t);
    const refused = aView(1, { name: 'a"\u202e\u007f', refusal: { reason: 'protected', id: 'self' }, session: null });
    const busy = aView(2, { owner: refused.key, cpuPercent: 1 / 3 });
    const looks = [[refused, busy], [busy], [], [refused, { ...busy, cpuPercent: 2 }]].map((processes, sequence) => ({
      ...aSnapshot(processes),
      sequence,
    }));
    for (const snapshot of looks)
      expect(lineOf(snapshot, snapshot.processes)).toBe(jsonLine(snapshotJson((key) => `words of ${key}`, snapshot, snapshot.processes)));
    expect(asked).toEqual(['refusal.self']);
  });
});
