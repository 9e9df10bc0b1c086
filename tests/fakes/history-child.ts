import { createHistoryStore } from '../../src/main/history-store.js';
import { createPlatform } from '../../src/main/platform/index.js';
import { aLife, aLookSample } from './a-look-sample.js';

/**
 * Records looks as fast as it can, five seconds apart by its own clock, until it is killed. `w N` = handed over up to N,
 * `s N` = written up to N, told after the write has returned.
 */
const [path = '', from = '0'] = process.argv.slice(2);
const { identify } = createPlatform();
let at = Number(from);
const store = createHistoryStore({
  path,
  identify,
  now: () => at,
  retention: () => ({ minuteMs: 7 * 86_400_000, quarterMs: 90 * 86_400_000 }),
  onProblem: (problem) => process.stdout.write(`! ${String(problem)}\n`),
  retryMs: 20,
});

const turn = (): void => {
  if (store.recording().state === 'on' && store.read(() => null).ok) {
    for (let count = 0; count < 7; count++) {
      at += 5_000;
      store.record(aLookSample(at, [aLife(1, 1_048_576 * (1 + (at % 7))), aLife(2 + (Math.floor(at / 600_000) % 5), 5_000_000)]));
    }
    process.stdout.write(`w ${at}\n`);
    if (store.read(() => null).ok) process.stdout.write(`s ${at}\n`);
    setTimeout(turn, 1);
    return;
  }
  // Asking opens the file; looks begin once it is open, so that none is missing between two.
  setTimeout(turn, 5);
};
turn();
