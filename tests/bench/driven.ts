import type { ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** What is loaded (`-r`) into an Electron that is to be driven. */
export const driverFile = join(process.cwd(), 'tests/bench/window-driver.cjs');

export interface Driven {
  readonly shown: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
  readonly looks: (count: number) => Promise<unknown>;
  readonly heapKb: () => Promise<number>;
}

const isAnswer = (answer: unknown): answer is { readonly value: unknown } =>
  typeof answer === 'object' && answer !== null && 'value' in answer;

/** The commands of window-driver.cjs to the Electron that it was loaded into; a command that fails, or an Electron that ends, rejects. */
export const drive = (child: ChildProcessByStdio<Writable, Readable, null>): Driven => {
  const waiting: ((line: string) => void)[] = [];
  // Chromium writes to the same pipe.
  createInterface({ input: child.stdout }).on('line', (line) => line.startsWith('{"') && waiting.shift()?.(line));
  child.once('exit', () => {
    for (const answer of waiting.splice(0)) answer('{"error":"it ended"}');
  });
  const ask = async (...command: readonly (string | number)[]): Promise<unknown> => {
    const answered = new Promise<string>((resolve) => waiting.push(resolve));
    child.stdin.write(`${JSON.stringify(command)}\n`);
    const answer: unknown = JSON.parse(await answered);
    if (!isAnswer(answer)) throw new Error(`${command.join(' ')}: ${JSON.stringify(answer)}`);
    return answer.value;
  };
  return {
    shown: () => ask('shown'),
    close: () => ask('close'),
    looks: (count) => ask('looks', count),
    heapKb: async () => Number(await ask('heapKb')),
  };
};
