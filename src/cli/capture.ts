import type { Core } from '../main/core.js';
import { rowOf } from '../shared/rows.js';
import type { ExitCode, Ui } from './output.js';

/** Prints each Claude process as a redacted row, and nothing else. */
export const capture = async (ui: Ui, core: Core): Promise<ExitCode> => {
  // The second look has what the first one does not ask for of processes that it did not know yet.
  await core.looker.look();
  const { judgements } = await core.looker.look();
  for (const judgement of judgements) ui.data(rowOf(judgement));
  return 0;
};
