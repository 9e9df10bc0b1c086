import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerFirstScreen } from '../e2e/launch.js';
import { startTrayHost } from '../fakes/tray/host.js';
import { createLab, until } from '../fixtures/lab.js';
import { drive, driverFile } from './driven.js';
import { createHeldReader, type Held, looksInApp } from './held.js';
import { slope, slopeOfLooks } from './looks-slope.js';

/**
 * What the application costs in the tray, beside a bare Electron tray in the same run: the whole tree's own memory (USS) and CPU time, the
 * time from a click to a usable window, what is left after many windows, and what many looks without a pause leave behind: in the running
 * application, and in this process, where nothing else is. `[OPENINGS] [LOOKS]` may follow. Prints JSON. Needs a display and a bus (build/bench.mjs).
 */

const SESSIONS = 20;
const SETTLE_MS = 15_000;
const MEASURE_MS = 30_000;
const MINUTE_MS = 60_000;
/** A short glance, and a short while in the tray: nobody opens four windows a second. */
const LOOKED_AT_MS = 500;
const AWAY_MS = 1_000;
const [openings = 100, looks = 2_000] = process.argv.slice(2).map(Number);
const TICKS_A_SECOND = 100;
const electron = process.env['ELECTRON_EXEC_PATH'] ?? '';
const repository = process.cwd();
const switches = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** The same shell without an application: an icon in the tray, and an empty window on a click. */
const BARE = `const { app, BrowserWindow, nativeImage, Tray } = require('electron');
let tray;
app.on('window-all-closed', () => {});
app.whenReady().then(() => {
  tray = new Tray(nativeImage.createFromBitmap(Buffer.alloc(22 * 22 * 4, 255), { width: 22, height: 22 }));
  tray.on('click', () => {
    const window = new BrowserWindow({ width: 1280, height: 800, show: false });
    window.once('ready-to-show', () => window.show());
    window.loadURL('data:text/html,<p class="app"><i role="row">x');
  });
});`;

const stat = (pid: number): { readonly ppid: number; readonly cpuTicks: number } | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { ppid: Number(fields[1]), cpuTicks: Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]) };
  } catch {
    return null;
  }
};
const treeOf = (root: number): readonly number[] => {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), stat(Number(name))?.ppid ?? 0]),
  );
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found;
};
const ussMb = (root: number): number =>
  treeOf(root).reduce((sum, pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      return sum + [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+)/gm)].reduce((kb, [, one]) => kb + Number(one), 0) / 1024;
    } catch {
      return sum;
    }
  }, 0);
const cpuS = (root: number): number => treeOf(root).reduce((sum, pid) => sum + (stat(pid)?.cpuTicks ?? 0), 0) / TICKS_A_SECOND;
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

const scratch = mkdtempSync(join(tmpdir(), 'claude-manager-footprint-'));
const bareFolder = join(scratch, 'bare');
mkdirSync(bareFolder);
writeFileSync(join(bareFolder, 'main.js'), BARE);
writeFileSync(join(bareFolder, 'package.json'), '{"name":"bare","main":"main.js"}');
const lab = createLab();
const host = await startTrayHost();
const held = createHeldReader();

const envOf = (name: string): Record<string, string> => {
  const home = join(scratch, name);
  mkdirSync(join(home, '.config/claude-manager'), { recursive: true, mode: 0o700 });
  writeFileSync(
    join(home, '.config/claude-manager/claude_limits.json'),
    JSON.stringify({ global_settings: { refresh_interval_seconds: 5, close_window: 'tray' } }),
    { mode: 0o600 },
  );
  const kept = Object.entries(process.env).flatMap(([key, value]) =>
    value === undefined || key === 'ELECTRON_RUN_AS_NODE' ? [] : [[key, value]],
  );
  const dirs = { XDG_CONFIG_HOME: '.config', XDG_STATE_HOME: '.local/state', XDG_CACHE_HOME: '.cache', XDG_RUNTIME_DIR: '.run' };
  for (const dir of Object.values(dirs)) mkdirSync(join(home, dir), { recursive: true, mode: 0o700 });
  answerFirstScreen(home);
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    ...Object.fromEntries(Object.entries(dirs).map(([key, dir]) => [key, join(home, dir)])),
    CLAUDE_CONFIG_DIR: join(lab.home, '.claude'),
  };
};
const argsOf = (name: string, folder: string, more: readonly string[]): string[] => [
  folder,
  ...switches,
  `--user-data-dir=${join(scratch, name, 'data')}`,
  ...more,
];

/** Starts one in the tray only and waits for its icon. */
const inTray = async (name: string, folder: string, more: readonly string[]) => {
  const before = host.items.length;
  const child = spawn(electron, argsOf(name, folder, more), { env: envOf(name), stdio: 'ignore' });
  await until(`${name}'s icon`, () => host.items.length > before, 30_000);
  return { pid: child.pid ?? 0, stop: () => new Promise((resolve) => child.once('exit', resolve) && child.kill('SIGTERM')) };
};

const trayOnly = async () => {
  const bare = await inTray('bare', bareFolder, []);
  const ours = await inTray('ours', repository, ['--hidden']);
  say('Both are in the tray.');
  await sleep(SETTLE_MS);
  const before = [cpuS(bare.pid), cpuS(ours.pid)] as const;
  await sleep(MEASURE_MS);
  const aMinute = MINUTE_MS / MEASURE_MS;
  const cpu = [(cpuS(bare.pid) - before[0]) * aMinute, (cpuS(ours.pid) - before[1]) * aMinute] as const;
  const uss = [ussMb(bare.pid), ussMb(ours.pid)] as const;
  say(`CPU and memory are measured: ${JSON.stringify({ cpu, uss })}`);
  await bare.stop();
  await ours.stop();
  return {
    ussMb: { bare: round(uss[0]), ours: round(uss[1]), above: round(uss[1] - uss[0]), ratio: round(uss[1] / uss[0], 2) },
    cpuSecondsAMinute: { bare: round(cpu[0], 2), ours: round(cpu[1], 2), above: round(cpu[1] - cpu[0], 2) },
  };
};

/**
 * Opens and destroys windows through the tray; ms from each click to a page that shows a row, and what is held after the first and the last.
 * Where looks are to come after that, they are made in one window more.
 */
const windows = async (name: string, folder: string, args: readonly string[], times: number, looksAfter: number) => {
  const before = host.items.length;
  const child = spawn(electron, ['-r', driverFile, ...argsOf(`${name}-windows`, folder, args)], {
    env: envOf(`${name}-windows`),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const driven = drive(child);
  await until(`${name}'s icon`, () => host.items.length > before, 30_000);
  // Chromium tells the panel its name a moment before it has it.
  const click = (): Promise<boolean> =>
    host.item().then(async (item) => {
      await item.activate();
      return true;
    });
  const pid = child.pid ?? 0;
  say(`${name} for windows is in the tray.`);
  const ms: number[] = [];
  const uss: number[] = [];
  const holds: Held[] = [];
  const open = async (): Promise<void> => {
    await until('a click arrives', () => click().catch(() => false), 10_000);
    await driven.shown();
  };
  await sleep(5_000);
  for (let turn = 0; turn < times; turn += 1) {
    const startedMs = performance.now();
    await open();
    ms.push(performance.now() - startedMs);
    if (turn % 10 === 0) say(`${name}: window ${turn + 1} of ${times}`);
    await sleep(LOOKED_AT_MS);
    await driven.close();
    await sleep(AWAY_MS);
    if (turn === 0 || turn === times - 1) {
      await sleep(5_000);
      uss.push(ussMb(pid));
      holds.push(await held.of(pid));
    }
  }
  if (looksAfter > 0) await open();
  const looked = looksAfter > 0 ? await looksInApp(driven, looksAfter, () => held.of(pid)) : null;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  say(`${name}: ${JSON.stringify({ uss, ms: ms.map(Math.round) })}`);
  return { ms: ms.sort((a, b) => a - b)[Math.floor(ms.length / 2)] ?? 0, uss, holds, looked };
};

try {
  await Promise.all(
    Array.from({ length: SESSIONS }, (_, index) =>
      lab.session({ project: `p${index}`, memoryMb: 4, servers: [{ name: 'server-x', memoryMb: 1 }] }),
    ),
  );
  say(`${SESSIONS} sessions run.`);
  const tray = await trayOnly();
  const bare = await windows('bare', bareFolder, [], 10, 0);
  const ours = await windows('ours', repository, ['--hidden'], openings, looks);
  const [first = 0, last = 0] = ours.uss;
  say('Looking, without a pause.');
  const accelerated = await slopeOfLooks(lab.home, looks);
  process.stdout.write(
    `${JSON.stringify(
      {
        sessions: SESSIONS,
        trayOnly: tray,
        clickToWindowMs: { bare: round(bare.ms, 0), ours: round(ours.ms, 0), above: round(ours.ms - bare.ms, 0) },
        openings: {
          times: openings,
          ussAfterFirstMb: round(first),
          ussAfterLastMb: round(last),
          grewMb: round(last - first),
          held: ours.holds,
        },
        looksInApp: ours.looked && { ...ours.looked, slopeKbIn1000: round((slope(ours.looked.heapKb) * 10_000) / ours.looked.looks) },
        accelerated,
      },
      null,
      2,
    )}\n`,
  );
} finally {
  held.close();
  await host.close();
  await lab.close();
  rmSync(scratch, { recursive: true, force: true });
}
