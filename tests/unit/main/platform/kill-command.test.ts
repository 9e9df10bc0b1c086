import { describe, expect, it } from 'vitest';
import { killCommand } from '../../../../src/main/platform/kill-command.js';

describe('killCommand', () => {
  it.each([
    ['linux', 'ask', 'kill -TERM 12 34'],
    ['linux', 'force', 'kill -KILL 12 34'],
    ['darwin', 'ask', '/bin/kill -TERM 12 34'],
    ['darwin', 'force', '/bin/kill -KILL 12 34'],
    ['win32', 'ask', 'taskkill /PID 12 /PID 34'],
    ['win32', 'force', 'taskkill /F /PID 12 /PID 34'],
  ] as const)('on %s to %s is %s', (os, intent, command) => {
    expect(killCommand(os, [12, 34], intent)).toBe(command);
  });

  it.each([[[]], [[0]], [[1]], [[-1]], [[-12]], [[12, 1.5]], [[Number.NaN]], [[Number.POSITIVE_INFINITY]], [[1e21]]])(
    'throws on %j rather than to name many',
    (pids: readonly number[]) => {
      for (const os of ['linux', 'darwin', 'win32'] as const) expect(() => killCommand(os, pids, 'ask')).toThrow(/no process to end/);
    },
  );
});
