import type { Io } from '../../../src/cli/io.js';
import type { ExitCode } from '../../../src/cli/output.js';
import { createUi } from '../../../src/cli/output.js';
import type { Core } from '../../../src/main/core.js';
import { createTranslate } from '../../../src/main/i18n.js';
import type { Language } from '../../../src/shared/format.js';

export interface FakeIoOptions {
  readonly tty?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What is typed at the prompt; null = end of input. */
  readonly answer?: string | null;
  readonly stdin?: readonly string[];
  readonly createCore?: () => Core;
  /** Called instead of waiting. */
  readonly onSleep?: (ms: number) => unknown;
}

export interface FakeIo {
  readonly io: Io;
  readonly out: () => string;
  readonly err: () => string;
  readonly press: (key: string) => void;
  readonly raiseSignal: () => void;
  readonly loseReader: () => void;
  /** How many listeners were not given back. */
  readonly held: () => number;
}

/** The world of a command, in memory: what it writes can be read, and nothing waits. */
export const fakeIo = (options: FakeIoOptions = {}): FakeIo => {
  const out: string[] = [];
  const err: string[] = [];
  const reader = new AbortController();
  const keys = new Set<(key: string) => void>();
  const signals = new Set<() => void>();
  const resizes = new Set<() => void>();
  const size = options.tty ? { columns: options.columns ?? 120, rows: options.rows ?? 30 } : null;
  const held = <T>(set: Set<T>, listener: T): (() => void) => {
    set.add(listener);
    return () => set.delete(listener);
  };
  return {
    io: {
      stdout: { write: (text) => out.push(text), isTty: options.tty === true, size: () => size },
      stderr: { write: (text) => err.push(text), isTty: false, size: () => null },
      stdin: {
        isTty: options.tty === true,
        lines: async function* () {
          yield* options.stdin ?? [];
        },
        readLine: async () => options.answer ?? null,
        keys: (listener) => held(keys, listener),
      },
      env: options.env ?? {},
      version: '9.8.7',
      readerGone: reader.signal,
      catchSignals: (listener) => held(signals, listener),
      onResize: (listener) => held(resizes, listener),
      sleep: async (ms) => {
        options.onSleep?.(ms);
      },
      createCore:
        options.createCore ??
        (() => {
          throw new Error('this command needs no core');
        }),
    },
    out: () => out.join(''),
    err: () => err.join(''),
    press: (key) => {
      for (const listener of keys) listener(key);
    },
    raiseSignal: () => {
      for (const listener of signals) listener();
    },
    loseReader: () => reader.abort(),
    held: () => keys.size + signals.size + resizes.size,
  };
};

/** A voice over such a world. */
export const fakeUi = (options: FakeIoOptions & { json?: boolean; color?: boolean; language?: Language } = {}) => {
  const fake = fakeIo(options);
  const language = options.language ?? 'en';
  return {
    ...fake,
    ui: createUi(fake.io, createTranslate(language), language, { json: options.json ?? false, color: options.color ?? false }),
  };
};

/** Narrows for assertions in one line. */
export const codeAnd = (code: ExitCode, fake: FakeIo): { code: ExitCode; out: string; err: string } => ({
  code,
  out: fake.out(),
  err: fake.err(),
});
