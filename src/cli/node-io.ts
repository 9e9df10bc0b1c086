import { createInterface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Core } from '../main/core.js';
import type { Io, Sink } from './io.js';
import { pause } from './io.js';
import { linesOf } from './lines.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const isReaderGone = (error: NodeJS.ErrnoException): boolean =>
  error.code === 'EPIPE' || error.code === 'EIO' || error.code === 'ERR_STREAM_DESTROYED';

/** A stream as a sink; whoever reads it may go away at any time, which is no error (`| head`, a closed terminal). */
const createSink = (stream: WriteStream, onGone: () => void): Sink => {
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!isReaderGone(error)) throw error;
    gone = true;
    onGone();
  });
  return {
    write: (text) => {
      if (!gone) stream.write(text);
    },
    isTty: stream.isTTY === true,
    // A terminal that does not know its size says 0.
    size: () => (stream.isTTY ? { columns: stream.columns || 80, rows: stream.rows || 24 } : null),
  };
};

const createStdin = (stream: ReadStream): Io['stdin'] => ({
  isTty: stream.isTTY === true,
  lines: () => linesOf(stream),
  readLine: (signal) =>
    new Promise((resolve) => {
      const reader = createInterface({ input: stream });
      const done = (line: string | null): void => {
        signal.removeEventListener('abort', abort);
        resolve(line);
        reader.close();
        stream.unref();
      };
      const abort = (): void => done(null);
      reader.once('line', done);
      reader.once('close', abort);
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
    }),
  keys: (listener) => {
    if (!stream.isTTY) return () => undefined;
    const onData = (data: Buffer): void => {
      for (const key of data.toString('utf8')) listener(key);
    };
    stream.setRawMode(true);
    stream.on('data', onData);
    stream.resume();
    return () => {
      stream.off('data', onData);
      stream.setRawMode(false);
      stream.pause();
      stream.unref();
    };
  },
});

/** This process's own streams, signals and environment. */
export const createNodeIo = (parts: { readonly version: string; readonly createCore: () => Core }): Io => {
  const readerGone = new AbortController();
  return {
    stdout: createSink(process.stdout, () => readerGone.abort()),
    stderr: createSink(process.stderr, () => undefined),
    stdin: createStdin(process.stdin),
    env: process.env,
    version: parts.version,
    readerGone: readerGone.signal,
    catchSignals: (listener) => {
      for (const signal of SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of SIGNALS) process.off(signal, listener);
      };
    },
    onResize: (listener) => {
      process.stdout.on('resize', listener);
      return () => process.stdout.off('resize', listener);
    },
    sleep: pause,
    createCore: parts.createCore,
  };
};
