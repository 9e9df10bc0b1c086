import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numberAt, openDatabase } from '../../../src/main/history-database.js';
import { soakMs, soakTimeoutMs } from '../../fakes/soak.js';

const root = join(import.meta.dirname, '..', '..', '..');
const KILLS = soakMs === null ? 20 : 100;
/** Moments of all phases: opening, recovering, writing, rolling up. */
const MOST_WAIT_MS = 120;

describe('a history whose writer is killed', () => {
  let folder: string;
  let program: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cm-history-kill-'));
    await build({
      ...{ root, configFile: false, logLevel: 'error' },
      build: {
        ...{ ssr: join(root, 'tests', 'fakes', 'history-child.ts'), target: 'node20.18', minify: false, emptyOutDir: true },
        // Below the packages, or the machine code of one would not be found.
        outDir: join(root, 'node_modules', '.cache', 'claude-manager', 'history-child'),
        rolldownOptions: { output: { format: 'es', entryFileNames: 'child.mjs' } },
      },
    });
    program = join(root, 'node_modules', '.cache', 'claude-manager', 'history-child', 'child.mjs');
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the writer until some time after its first write; what it said. */
  const killedAfter = (path: string, fromMs: number, waitMs: number) =>
    new Promise<{ readonly written: number; readonly problems: readonly string[] }>((resolve, reject) => {
      const child = spawn(process.execPath, [program, path, String(fromMs)], { stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      let errors = '';
      let armed = false;
      child.stderr.on('data', (bytes: Buffer) => {
        errors += bytes.toString();
      });
      child.stdout.on('data', (bytes: Buffer) => {
        said += bytes.toString();
        if (armed || !/^[s!] /m.test(said)) return;
        armed = true;
        setTimeout(() => child.kill('SIGKILL'), waitMs);
      });
      child.on('error', reject);
      child.on('close', (_code, signal) => {
        if (signal !== 'SIGKILL') return reject(new Error(`it ended by itself: ${errors}${said}`));
        const lines = said.split('\n').slice(0, -1);
        const written = lines.filter((line) => line.startsWith('s ')).map((line) => Number(line.slice(2)));
        resolve({ written: Math.max(...written), problems: lines.filter((line) => line.startsWith('!')) });
      });
    });

  it(
    `opens again after each of ${KILLS} kills, whole, with all that was said to be written, each look counted once`,
    async () => {
      const path = join(folder, 'state', 'history.db');
      let fromMs = 1_773_144_000_000;
      const lasts = new Set<number>();
      for (let kill = 0; kill < KILLS; kill++) {
        const { written, problems } = await killedAfter(path, fromMs, (kill * 37) % MOST_WAIT_MS);
        expect(problems).toEqual([]);
        const db = await openDatabase(path);
        expect(db.rows('PRAGMA integrity_check')).toEqual([['ok']]);
        const newest = numberAt(db.rows('SELECT max(at) FROM raw')[0], 0);
        expect(newest).toBeGreaterThanOrEqual(written);
        // No minute has more than its own time in it, and none between the first and the last is missing or short.
        expect(db.rows('SELECT at, covered FROM minute WHERE covered > 60000')).toEqual([]);
        db.close();
        lasts.add(Math.floor((newest - 1) / 60_000) * 60_000);
        // Goes on in the next minute: the last one of each run stays short.
        fromMs = Math.ceil((newest + 1) / 60_000) * 60_000;
      }
      const db = await openDatabase(path);
      const minutes = db.rows('SELECT at, covered FROM minute ORDER BY at').map((row) => [numberAt(row, 0), numberAt(row, 1)] as const);
      // Each run leaves one short minute at most: its last, unless it ended with one.
      const short = minutes.filter(([, covered]) => covered < 60_000).map(([at]) => at);
      expect(short.filter((at) => !lasts.has(at))).toEqual([]);
      expect(minutes.length).toBeGreaterThan(short.length);
      db.close();
    },
    soakTimeoutMs(240_000),
  );
});
