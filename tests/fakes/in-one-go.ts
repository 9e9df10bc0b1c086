import type { Judged, Rules } from '../../src/shared/judge.js';
import { judgeKindsSteps } from '../../src/shared/judge.js';
import type { Steps } from '../../src/shared/steps.js';
import type { Reading, SessionRecord } from '../../src/shared/types.js';

/** All steps in one go, and what they come to. */
export const finish = <T>(steps: Steps<T>): T => {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};

export const judgeKinds = (reading: Reading, records: ReadonlyMap<number, SessionRecord>, rules: Rules = {}): Judged =>
  finish(judgeKindsSteps(reading, records, rules));
