import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Message, sessionBus } from '@jellybrick/dbus-next';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawIcon } from '../../src/shared/tray-icon.js';
import { createLab, type Lab, until } from '../fixtures/lab.js';
import { ready } from './grid.js';
import { type LaunchedApp, launchApp, repository } from './launch.js';

const PANEL = '/usr/bin/xfce4-panel';
const XFCONFD = '/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd';
const ICON = 22;
const OFFERED = 44;
/** The meter below the digits depends on the machine's memory. */
const DIGIT_ROWS = 13;
const WHITE = 255;
const INK = 42;
const ROUNDING = 3;

const CHANNEL = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array"><value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="34"/>
      <property name="background-style" type="uint" value="1"/>
      <property name="background-rgba" type="array">
        <value type="double" value="1"/><value type="double" value="1"/><value type="double" value="1"/><value type="double" value="1"/>
      </property>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="icon-size" type="int" value="${ICON}"/>
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
`;

// A panel of a real desktop; the set-up installs it where the tests run as root.
describe.skipIf(!existsSync(PANEL) || !existsSync(XFCONFD))('in a real panel (xfce4-panel is there)', () => {
  let lab: Lab;
  let home: string;
  let launched: LaunchedApp;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    lab = createLab();
    home = mkdtempSync(join(tmpdir(), 'claude-manager-panel-'));
    const channels = join(home, '.config/xfce4/xfconf/xfce-perchannel-xml');
    mkdirSync(channels, { recursive: true });
    writeFileSync(join(channels, 'xfce4-panel.xml'), CHANNEL);
    const env = {
      ...process.env,
      HOME: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_CACHE_HOME: join(home, '.cache'),
      NO_AT_BRIDGE: '1',
    };
    const run = (program: string, ...args: readonly string[]): void => void started.push(spawn(program, args, { env, stdio: 'ignore' }));
    const bus = sessionBus();
    const isThere = async (name: string): Promise<boolean> => {
      const reply = await bus.call(
        new Message({
          destination: 'org.freedesktop.DBus',
          path: '/org/freedesktop/DBus',
          interface: 'org.freedesktop.DBus',
          member: 'NameHasOwner',
          signature: 's',
          body: [name],
        }),
      );
      return reply?.body[0] === true;
    };
    // One after the other: nothing on this bus starts by itself, and a panel without its settings has nothing in it.
    run(XFCONFD);
    await until('settings of the panel', () => isThere('org.xfce.Xfconf'), 20_000);
    run('openbox');
    run(PANEL, '--disable-wm-check');
    await until('the panel takes icons', () => isThere('org.kde.StatusNotifierWatcher'), 20_000);
    bus.disconnect();
    const session = await lab.session({ name: 'billing', project: 'billing-api', memoryMb: 300 });
    launched = await launchApp({ env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
    await ready(launched.page, session.pid);
  });
  afterAll(async () => {
    await launched?.close();
    for (const child of started) child.kill();
    await lab?.close();
    rmSync(home, { recursive: true, force: true });
  });

  /** The screen as Chromium sees it: width and its pixels as blue, green, red, alpha. */
  const screen = async (): Promise<{ readonly width: number; readonly pixels: Buffer; readonly png: Buffer }> => {
    const shot = await launched.app.evaluate(async ({ desktopCapturer }) => {
      const [source] = await desktopCapturer.getSources({ types: ['screen'], thumbnailSize: { width: 1400, height: 1000 } });
      if (!source) return null;
      const { width } = source.thumbnail.getSize();
      const strip = source.thumbnail.crop({ x: 0, y: 0, width: 700, height: 220 });
      return { width, pixels: source.thumbnail.toBitmap().toString('base64'), png: strip.toPNG().toString('base64') };
    });
    if (shot === null) throw new Error('no screen');
    return { width: shot.width, pixels: Buffer.from(shot.pixels, 'base64'), png: Buffer.from(shot.png, 'base64') };
  };
  /** Whether the panel shows this text: it takes the largest icon that it is offered, and halves it, each pixel the mean of four on white. */
  const shows = (width: number, pixels: Buffer, text: string): boolean => {
    const { rgba } = drawIcon({ level: 'normal', text, share: 0 }, OFFERED, 'dark');
    const alpha = (x: number, y: number): number => rgba[(y * OFFERED + x) * 4 + 3] ?? 0;
    const expected = Array.from({ length: ICON * DIGIT_ROWS }, (_, at) => {
      const [x, y] = [(at % ICON) * 2, Math.floor(at / ICON) * 2];
      return WHITE - ((alpha(x, y) + alpha(x + 1, y) + alpha(x, y + 1) + alpha(x + 1, y + 1)) / (4 * WHITE)) * (WHITE - INK);
    });
    const isHere = (left: number, top: number): boolean =>
      expected.every((value, at) => {
        const first = ((top + Math.floor(at / ICON)) * width + left + (at % ICON)) * 4;
        return [0, 1, 2].every((channel) => Math.abs((pixels[first + channel] ?? 0) - value) <= ROUNDING);
      });
    for (let top = 0; top < 40; top += 1) for (let left = 0; left + ICON < width; left += 1) if (isHere(left, top)) return true;
    return false;
  };
  const comesToShow = async (text: string): Promise<Buffer> => {
    let png: Buffer = Buffer.alloc(0);
    await expect
      .poll(
        async () => {
          const shot = await screen();
          png = shot.png;
          return shows(shot.width, shot.pixels, text);
        },
        { timeout: 40_000, interval: 1_000 },
      )
      .toBe(true);
    return png;
  };

  it('shows the memory pixel by pixel, and what it comes to', async () => {
    const png = await comesToShow('0.3');
    if (process.env['WRITE_DOCS'] !== undefined) writeFileSync(join(repository, 'docs', 'tray.png'), png);
    await lab.session({ name: 'search', project: 'search-index', memoryMb: 600 });
    await comesToShow('0.9');
  });
});
