import type { Ui } from './output.js';

/** Asks on the terminal; true only for a clear yes. End of input, a signal and everything else are a no. */
export const confirm = async (ui: Ui, question: string): Promise<boolean> => {
  const interrupt = new AbortController();
  const release = ui.io.catchSignals(() => interrupt.abort());
  try {
    ui.io.stdout.write(`${question} `);
    const answer = await ui.io.stdin.readLine(interrupt.signal);
    if (answer === null) ui.print('');
    return answer !== null && ui.t('cli.end.yesWords').split(' ').includes(answer.trim().toLowerCase());
  } finally {
    release();
  }
};
