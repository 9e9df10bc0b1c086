import type { ElectronApplication } from 'playwright-core';
import type { Update } from '../../src/shared/patch.js';

/** Above every number that main itself gives: its own updates are old news to the window. */
export const FIRST_NUMBER = 1_000_000;

interface Playing {
  readonly tickMs: number;
  /** Where Chromium's trace goes. */
  readonly traceFile: string;
  /** What is traced beside tasks and names of threads. */
  readonly categories: readonly string[];
}

/** Pushes updates from main to the window, one every `tickMs`, under a trace; resolves with when each was pushed and the renderer's pid. */
export const play = (app: ElectronApplication, updates: readonly Update[], { tickMs, traceFile, categories }: Playing) =>
  app.evaluate(
    async ({ BrowserWindow, contentTracing }, { list, ms, file, included }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      if (!contents) throw new Error('there is no window');
      const sleep = (pause: number) => new Promise((resolve) => setTimeout(resolve, pause));
      await contentTracing.startRecording({ included_categories: included });
      const sentAtMs: number[] = [];
      for (const update of list) {
        // Chromium's traces run on the same clock.
        sentAtMs.push(Number(process.hrtime.bigint()) / 1e6);
        contents.send('update', update);
        await sleep(ms);
      }
      await contentTracing.stopRecording(file);
      return { sentAtMs, pid: contents.getOSProcessId() };
    },
    { list: updates, ms: tickMs, file: traceFile, included: ['toplevel', '__metadata', ...categories] },
  );
