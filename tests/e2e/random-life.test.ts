import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { soakMs, soakTimeoutMs } from '../fakes/soak.js';
import { findLine, startTrayHost, type TrayHost } from '../fakes/tray/host.js';
import { createLab, isAlive, type Lab, procStat, until } from '../fixtures/lab.js';
import { type LaunchedApp, launchApp, writeSettings } from './launch.js';

/** Steps of a life: 30 in an ordinary run, 500 under `npm run soak`. */
const STEPS = soakMs === null ? 30 : 500;
const SEED = Number(process.env['SEED'] ?? Date.now() % 100_000);

/** The same steps for the same seed (a linear congruence; chance need not be good here). */
const chance = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const below = (root: number): readonly number[] => {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), procStat(Number(name))?.ppid ?? 0]),
  );
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found;
};

/** Where a descriptor leads; nowhere if it was closed meanwhile. */
const linkOf = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
};

describe('any order of opening, closing, panels that come and go', () => {
  let lab: Lab;
  let home: string;
  let host: TrayHost | null;
  let launched: LaunchedApp;

  beforeAll(async () => {
    lab = createLab();
    home = mkdtempSync(join(tmpdir(), 'claude-manager-random-'));
    writeSettings(home, { close_window: 'tray' });
    await lab.session({ project: 'steady', memoryMb: 4 });
    host = await startTrayHost();
    launched = await launchApp({ xdgHome: home, env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
    await host.item();
  });
  afterAll(async () => {
    await launched?.close();
    await host?.close();
    await lab?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it(
    'leaves one window at most, no process and no descriptor behind',
    async () => {
      const { app, pid } = launched;
      const pick = chance(SEED);
      const countWindows = (): Promise<number> => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
      const onWindow = (what: 'close' | 'destroy' | 'minimize'): Promise<void> =>
        app.evaluate(({ BrowserWindow }, name) => {
          const [window] = BrowserWindow.getAllWindows();
          // As after half a minute out of sight: hidden first.
          if (name === 'destroy') window?.close();
          if (window && !window.isDestroyed()) window[name]();
        }, what);
      const steps: Readonly<Record<string, () => Promise<unknown>>> = {
        open: async () => (host === null ? null : (await host.item()).activate()),
        close: () => (host === null ? Promise.resolve() : onWindow('close')),
        minimize: () => onWindow('minimize'),
        destroy: () => (host === null ? Promise.resolve() : onWindow('destroy')),
        refresh: async () => {
          if (host === null) return;
          const item = await host.item();
          const line = findLine(await item.menu(), 'Refresh now');
          if (line) await item.clickMenu(line);
        },
        panel: async () => {
          if (host === null) {
            host = await startTrayHost();
            await host.item();
          } else {
            await host.close();
            host = null;
          }
        },
      };
      const names = Object.keys(steps);
      const seen = new Set(below(pid));
      // Without those on living processes: how many of these are watched is up to what else the machine does.
      const descriptors = (): number =>
        readdirSync(`/proc/${pid}/fd`).filter((descriptor) => {
          const watched = /^\/proc\/(\d+)\//.exec(linkOf(`/proc/${pid}/fd/${descriptor}`))?.[1];
          return watched === undefined || !existsSync(`/proc/${watched}`);
        }).length;
      let settled = 0;
      const done: string[] = [];
      for (let step = 0; step < STEPS; step += 1) {
        const name = names[pick(names.length)] ?? 'open';
        done.push(name);
        await steps[name]?.();
        await new Promise((resolve) => setTimeout(resolve, pick(400)));
        expect(await countWindows(), `seed ${SEED}: ${done.join(' ')}`).toBeLessThanOrEqual(1);
        for (const one of below(pid)) seen.add(one);
        if (step === 9) settled = descriptors();
      }
      // Room for a page that is open now and was not then.
      expect(descriptors(), `seed ${SEED}`).toBeLessThan(settled + 40);
      if (host === null) host = await startTrayHost();
      await (await host.item()).activate();
      await expect.poll(countWindows).toBe(1);

      const stamps = [...seen].map((one) => [one, procStat(one)?.startedAt] as const);
      await launched.close();
      await until('nothing of ours is left', () => stamps.every(([one, startedAt]) => startedAt === undefined || !isAlive(one, startedAt)));
    },
    soakTimeoutMs(90_000),
  );
});
