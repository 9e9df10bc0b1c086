import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pastAlerts, readPastAlerts } from '../../../src/main/alert-history.js';
import { aFolder } from './real-files.js';

const line = (at: string, rule: string, result: string, more = ''): string =>
  `${at} - INFO - ALERT: PID: 7 - User: dana - Rule: ${rule} - Value: 3072MB - Limit: 2048MB - Result: ${result}${more}`;
const ms = (text: string): number => new Date(text).getTime();

describe('the alerts of earlier starts', () => {
  it('are made of what the log says of their beginning, their change and their end', () => {
    const rows = pastAlerts(
      [
        '2025-09-02T20:00:00 - SUCCESS - KILL_PROCESS: PID 1 - User: x - ALERT: no',
        line('2025-09-02T20:16:17', 'memory', 'firing', ' - Name: one'),
        '2025-09-02T20:16:20 - INFO - ALERT: User: erin - Rule: sessions - Value: 12 - Limit: 10 - Result: firing',
        line('2025-09-02T20:18:00', 'memory', 'firing', ' - Name: two'),
        line('2025-09-02T20:20:00', 'memory', 'recovered', ' - Name: two'),
        line('2025-09-02T20:21:00', 'memory', 'recovered'),
        '2025-09-02T21:00:00 - INFO - ALERT: PID: 8 - Rule: cpu - Value: 95% - Limit: 80% - Result: firing',
      ],
      100,
    );
    const base = { others: 0, told: 'bell', seen: true } as const;
    const culprit = { key: null, startedAtMs: null } as const;
    expect(rows).toEqual([
      {
        ...{ ...base, id: -3, rule: 'cpu', firedAtMs: ms('2025-09-02T21:00:00'), recoveredAtMs: null, lost: true },
        culprit: { ...culprit, user: null, name: 'PID 8', value: 95, limit: 80 },
      },
      {
        ...{ ...base, id: -2, rule: 'sessions', firedAtMs: ms('2025-09-02T20:16:20'), recoveredAtMs: null, lost: true },
        culprit: { ...culprit, user: 'erin', name: 'erin', value: 12, limit: 10 },
      },
      {
        ...{ ...base, id: -1, rule: 'memory', firedAtMs: ms('2025-09-02T20:16:17'), recoveredAtMs: ms('2025-09-02T20:20:00'), lost: false },
        culprit: { ...culprit, user: 'dana', name: 'two', value: 3 * 1024 ** 3, limit: 2 * 1024 ** 3 },
      },
    ]);
  });

  it('are none where a line says nothing that could be one', () => {
    const wrong = [line('2025-99-99T20:16:17', 'memory', 'firing'), line('2025-09-02T20:16:17', '__proto__', 'firing'), ' - ALERT: ', ''];
    expect(pastAlerts(wrong, 100)).toEqual([]);
    expect(pastAlerts([line('2025-09-02T20:16:17', 'memory', 'recovered')], 100)).toEqual([]);
  });

  it('are read from the ends of the last two files, the newest few of them', async () => {
    const path = join(aFolder(), 'claude_actions.log');
    expect(await readPastAlerts(path, 100)).toEqual([]);
    const filler = `${'x'.repeat(99)}\n`.repeat(6_000);
    writeFileSync(
      `${path}.1`,
      `${line('2025-09-01T10:00:00', 'cpu', 'firing')}\n${filler}${line('2025-09-01T11:00:00', 'memory', 'firing')}\n`,
    );
    writeFileSync(path, `${line('2025-09-01T12:00:00', 'memory', 'recovered')}\n${line('2025-09-02T12:00:00', 'memory', 'firing')}`);
    expect((await readPastAlerts(path, 100)).map(({ id, lost }) => [id, lost])).toEqual([
      [-2, true],
      [-1, false],
    ]);
    expect((await readPastAlerts(path, 1)).map(({ id }) => id)).toEqual([-2]);
  });

  it('are not looked for through a link, nor in a folder', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'other'), line('2025-09-02T12:00:00', 'memory', 'firing'));
    symlinkSync(join(folder, 'other'), join(folder, 'claude_actions.log'));
    await expect(readPastAlerts(join(folder, 'claude_actions.log'), 100)).rejects.toMatchObject({ code: 'ELOOP' });
    mkdirSync(join(folder, 'log'));
    await expect(readPastAlerts(join(folder, 'log'), 100)).rejects.toMatchObject({ code: expect.any(String) });
  });
});
