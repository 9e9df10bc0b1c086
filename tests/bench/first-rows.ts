import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab } from '../fixtures/lab.js';
import { launchBuilt } from './built-app.js';
import { median } from './figures.js';

/**
 * How long after its start the window shows the first real rows, beside the first paint of an Electron that does nothing but open a page:
 * in turns, on one machine, both started in the same way. Wall time, the only thing that somebody who waits feels. Prints one JSON object.
 */

const ROUNDS = 5;
const SESSIONS = 5;
const TARGET_MS = 300;

const BARE = `const { app, BrowserWindow } = require('electron');
app.whenReady().then(() => new BrowserWindow({ width: 1280, height: 800 }).loadURL('data:text/html,<title>bare</title><p>bare'));`;

const writeBare = (folder: string): string => {
  const app = join(folder, 'bare');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'bare', version: '0.0.0', main: 'main.js' }));
  writeFileSync(join(app, 'main.js'), BARE);
  return app;
};

interface Start {
  /** From the start of the process to the page's first paint, ms. */
  readonly paintMs: number;
  /** To the first row of a process; null where none is waited for. */
  readonly rowsMs: number | null;
}

const startOnce = async (appFolder: string, home: string, withRows: boolean): Promise<Start> => {
  const { app, page, close } = await launchBuilt(home, {}, appFolder);
  try {
    const rows = withRows
      ? await page.waitForFunction(() => document.querySelector('[data-row]') && performance.timeOrigin + performance.now())
      : null;
    const paint = await page.waitForFunction(() => {
      const [entry] = performance.getEntriesByName('first-paint');
      return entry && performance.timeOrigin + entry.startTime;
    });
    const bornMs = (await app.evaluate(() => process.getCreationTime())) ?? Number.NaN;
    const rowsAtMs = rows === null ? null : Number(await rows.jsonValue());
    return { paintMs: Number(await paint.jsonValue()) - bornMs, rowsMs: rowsAtMs === null ? null : rowsAtMs - bornMs };
  } finally {
    await close();
  }
};

const folder = mkdtempSync(join(tmpdir(), 'cm-bench-first-'));
const lab = createLab();
try {
  const bare = writeBare(folder);
  for (let index = 0; index < SESSIONS; index++) await lab.session({ name: `session-${index}`, status: 'idle' });
  const starts: { readonly bare: Start; readonly ours: Start }[] = [];
  for (let round = 0; round < ROUNDS; round++)
    starts.push({
      bare: await startOnce(bare, join(folder, `bare-${round}`), false),
      ours: await startOnce(process.cwd(), join(folder, `ours-${round}`), true),
    });
  const rowsMs = ({ ours }: (typeof starts)[number]): number => ours.rowsMs ?? Number.NaN;
  const result = {
    barePaintMs: Math.round(median(starts.map((start) => start.bare.paintMs))),
    paintMs: Math.round(median(starts.map((start) => start.ours.paintMs))),
    firstRowsMs: Math.round(median(starts.map(rowsMs))),
    laterThanBareMs: Math.round(median(starts.map((start) => rowsMs(start) - start.bare.paintMs))),
    leastLaterMs: Math.round(Math.min(...starts.map((start) => rowsMs(start) - start.bare.paintMs))),
    target: TARGET_MS,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
}
