import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { demoPast } from '../../src/main/demo/demo-month.js';
import { createScript } from '../../src/main/demo/script.js';
import { historyFile } from '../../src/main/history.js';
import { writeMonth } from '../../src/main/history-month.js';
import { openForWriting } from '../../src/main/history-open.js';

/** Writes the demo's month, minutes for a whole week included, into a folder of its own. Prints one JSON object. */

const DAY_MS = 86_400_000;

const [given] = process.argv.slice(2);
if (given === undefined) throw new Error('Into which folder? npm run -s demo-data -- FOLDER');
const folder = resolve(given);
const path = historyFile(join(folder));
if (existsSync(path)) throw new Error(`${path} is there already`);
const nowMs = Date.now();
const opened = await openForWriting(path, nowMs);
if (!opened.ok) throw new Error(`${path}: ${opened.code}`);
await writeMonth(opened.db, demoPast(createScript(2_025, nowMs, process.pid), nowMs), {
  nowMs,
  days: 30,
  minuteMs: 7 * DAY_MS,
  lookMs: 5_000,
});
opened.db.rows('PRAGMA wal_checkpoint(TRUNCATE)');
opened.db.close();
process.stdout.write(`${JSON.stringify({ path, days: 30, nowMs })}\n`);
