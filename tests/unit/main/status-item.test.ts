import { existsSync } from 'node:fs';
import * as dbus from '@jellybrick/dbus-next';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStatusItem } from '../../../src/main/status-item.js';
import { watchTrayHost } from '../../../src/main/tray-host.js';
import type { TrayDevice } from '../../../src/main/tray-keeper.js';
import type { TrayCommand, TrayItem } from '../../../src/shared/tray-menu.js';
import { startBus } from '../../fakes/desktop/bus.js';
import { findLine, startTrayHost, type TrayHost } from '../../fakes/tray/host.js';
import { until } from '../../fixtures/lab.js';

const DAEMON = '/usr/bin/dbus-daemon';

const entry = (label: string, command: TrayCommand | null, items: readonly TrayItem[] = []): TrayItem => ({
  kind: 'item',
  label,
  command,
  items,
});
const key = (pid: number) => ({ pid, startedAt: `s${pid}` });
const session = (pid: number, name: string): TrayItem => entry(name, null, [entry('End…', { type: 'end', key: key(pid) })]);

// The bus is one of the packages that the tests' set-up installs; without it the end-to-end tests do not run either.
describe.skipIf(!existsSync(DAEMON))('an icon on a real bus (dbus-daemon is there)', () => {
  let server: Awaited<ReturnType<typeof startBus>>;
  let address: string;
  let bus: dbus.MessageBus;
  let host: TrayHost;
  let device: TrayDevice;
  let run: TrayCommand[];
  let menu: boolean[];
  let problems: unknown[];

  beforeEach(async () => {
    server = await startBus();
    address = server.address;
    bus = dbus.sessionBus({ busAddress: address });
    host = await startTrayHost(address);
    run = [];
    menu = [];
    problems = [];
    device = createStatusItem({
      dbus,
      bus,
      badge: { level: 'normal', text: '9.6', share: 6 },
      ink: () => 'light',
      run: (command) => run.push(command),
      onMenu: (open) => menu.push(open),
      onError: (error) => problems.push(error),
    });
  });
  afterEach(async () => {
    device.destroy();
    await host.close();
    bus.disconnect();
    await server.stop();
    vi.unstubAllEnvs();
  });

  it('offers every size, the tooltip with markup escaped below its head, and a click that opens', async () => {
    const item = await host.item();
    expect((await item.icons()).map(({ width }) => width)).toEqual([16, 22, 24, 32, 44]);
    device.setTooltip('Claude: 1 GB\n<b>3</b> & more');
    expect(await item.tooltip()).toBe('Claude: 1 GB\n&lt;b&gt;3&lt;/b&gt; &amp; more');
    await item.activate();
    expect([run, problems]).toEqual([[{ type: 'open' }], []]);
  });

  it('keeps the number of a line as long as it means the same, and gives none of them away', async () => {
    const item = await host.item();
    device.setMenu([session(1, 'a_b'), session(2, 'two')]);
    const [first, second] = await item.layout();
    expect([first?.label, second?.label]).toEqual(['a_b', 'two']);
    device.setMenu([session(3, 'three'), session(2, 'two')]);
    const next = await item.layout();
    expect(next[1]?.id).toBe(second?.id);
    expect(next[0]?.id).not.toBe(first?.id);
    // A panel that still shows the menu of before: the click does what stood there.
    const stale = first && findLine(first.lines, 'End…');
    if (stale) await item.clickMenu(stale);
    expect(run).toEqual([{ type: 'end', key: key(1) }]);
  });

  it('knows when its menu is open', async () => {
    const item = await host.item();
    await item.tellMenu('opened');
    await item.tellMenu('closed');
    expect(menu).toEqual([true, false]);
  });

  it('finds the panel that is there, that goes, and that comes again', async () => {
    vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', address);
    const seen: boolean[] = [];
    const stop = watchTrayHost({ onChange: (found) => seen.push(found !== null), onError: () => undefined });
    await until('the panel', () => seen.length === 1);
    await host.close();
    await until('its going', () => seen.length === 2);
    host = await startTrayHost(address);
    await until('its coming again', () => seen.length === 3);
    expect(seen).toEqual([true, false, true]);
    stop();
  });

  it('says so once where there is no bus', async () => {
    vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', 'unix:path=/nowhere');
    const seen: boolean[] = [];
    const errors: unknown[] = [];
    const stop = watchTrayHost({ onChange: (found) => seen.push(found !== null), onError: (error) => errors.push(error) });
    await until('the answer', () => seen.length > 0);
    expect([seen, errors.length]).toEqual([[false], 1]);
    stop();
  });
});
