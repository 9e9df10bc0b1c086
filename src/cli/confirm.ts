import type { Ui } from './output.js';

/** Asks on the terminal; null for the end of input and a signal. */
const ask = async (ui: Ui, question: string): Promise<string | null> => {
  const interrupt = new AbortController();
  const release = ui.io.catchSignals(() => interrupt.abort());
  try {
    ui.io.stdout.write(`${question} `);
    const answer = await ui.io.stdin.readLine(interrupt.signal);
    if (answer === null) ui.print('');
    return answer;
  } finally {
    release();
  }
};

/** Whether there is a person to ask. JSON leaves no place for a question. */
export const canAsk = ({ json, io }: Ui): boolean => !json && io.stdin.isTty && io.stdout.isTty;

/** Asks on the terminal; true only for a clear yes. End of input, a signal and everything else are a no. */
export const confirm = async (ui: Ui, question: string): Promise<boolean> => {
  const answer = await ask(ui, question);
  return answer !== null && ui.t('cli.end.yesWords').split(' ').includes(answer.trim().toLowerCase());
};

/** Asks on the terminal for a word to be typed, and gives it as it was typed; null = nothing was, the end of input, or a signal. */
export const askToType = async (ui: Ui, question: string): Promise<string | null> => (await ask(ui, question)) || null;
