import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Message as BusMessage, sessionBus } from '@jellybrick/dbus-next';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDbusNotifier } from '../../../src/main/dbus-notifier.js';
import type { Message, Notifier } from '../../../src/main/notifier.js';
import { startBus } from '../../fakes/desktop/bus.js';
import { type NotificationDaemon, startNotificationDaemon } from '../../fakes/desktop/notification-daemon.js';
import { until } from '../../fixtures/lab.js';

const aMessage = (over: Partial<Message> = {}): Message => ({
  id: 'cleanup',
  title: 'Cleanup ends 3 in 30 s',
  body: 'billing-api and 2 more',
  buttons: [
    { id: 'cancel', label: 'Cancel' },
    { id: 'snooze', label: 'Snooze 1 h' },
  ],
  sticky: true,
  ...over,
});

const hasBus = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, 'dbus-daemon')));

describe.runIf(hasBus)('notifications over D-Bus', () => {
  let bus: Awaited<ReturnType<typeof startBus>>;
  let daemon: NotificationDaemon | null;
  let notifier: Notifier;
  let nowMs: number;
  let answers: string[];
  let problems: unknown[];

  beforeEach(async () => {
    bus = await startBus();
    daemon = null;
    nowMs = 0;
    answers = [];
    problems = [];
    notifier = createDbusNotifier({
      appName: 'Claude Manager',
      busAddress: bus.address,
      now: () => nowMs,
      onAnswer: (id, answer) => answers.push(`${id} ${answer}`),
      onProblem: (problem) => problems.push(problem),
    });
  });
  afterEach(async () => {
    await notifier.close();
    daemon?.stop();
    await bus.stop();
  });
  const start = async (capabilities?: readonly string[]): Promise<NotificationDaemon> => {
    daemon = await startNotificationDaemon(bus.address, capabilities);
    return daemon;
  };

  it('shows title, text and buttons', async () => {
    const { notified } = await start();
    expect(await notifier.show(aMessage())).toBe(true);
    expect(notified).toEqual([
      {
        number: 1,
        replaces: 0,
        title: 'Cleanup ends 3 in 30 s',
        body: 'billing-api and 2 more',
        buttons: { default: 'Cleanup ends 3 in 30 s', cancel: 'Cancel', snooze: 'Snooze 1 h' },
        timeoutMs: 0,
      },
    ]);
  });

  it('makes hostile text harmless: no markup, no control or direction characters, no endless text', async () => {
    const { notified } = await start();
    await notifier.show(aMessage({ body: '<a href="x">b</a> & \u202edrow\x1b[2J\nline', title: 't\u0007\u2066' }));
    await notifier.show(aMessage({ id: 'long', body: 'x'.repeat(100_000) }));
    expect(notified[0]?.body).toMatch(/^&lt;a href="x"&gt;b&lt;\/a&gt; &amp; /);
    expect(`${notified[0]?.title}${notified[0]?.body}`).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069<>]/u);
    expect(notified[1]?.body.length).toBeLessThan(700);
  });

  it('escapes nothing for a daemon that renders no markup', async () => {
    const { notified } = await start(['body']);
    await notifier.show(aMessage({ body: 'a < b' }));
    expect(notified[0]?.body).toBe('a < b');
  });

  it('replaces its own by id, and keeps two ids apart', async () => {
    const { notified, onScreen } = await start();
    await notifier.show(aMessage({ body: 'first' }));
    await notifier.show(aMessage({ id: 'alert', body: 'other' }));
    await notifier.show(aMessage({ body: 'second' }));
    expect(notified.map(({ number, replaces }) => [number, replaces])).toEqual([
      [1, 0],
      [2, 0],
      [1, 1],
    ]);
    expect(onScreen().map(({ body }) => body)).toEqual(['second', 'other']);
  });

  it('takes back what it showed, once', async () => {
    const { withdrawn, onScreen } = await start();
    await notifier.show(aMessage());
    await notifier.withdraw('cleanup');
    await notifier.withdraw('cleanup');
    await notifier.withdraw('never shown');
    expect([withdrawn, onScreen()]).toEqual([[1], []]);
  });

  it('tells which button was pressed, and nothing after it was put away', async () => {
    const { press, dismiss } = await start();
    await notifier.show(aMessage());
    press(1, 'snooze');
    press(1, 'default');
    await until('both answers came', () => answers.length === 2);
    press(77, 'cancel');
    dismiss(1);
    press(1, 'cancel');
    await notifier.show(aMessage({ id: 'later' }));
    expect(answers).toEqual(['cleanup snooze', 'cleanup default']);
  });

  it('believes no signal but the daemon’s', async () => {
    const { press } = await start();
    await notifier.show(aMessage());
    const stranger = sessionBus({ busAddress: bus.address });
    stranger.on('connect', () => undefined);
    await stranger.requestName('org.example.Stranger', 4);
    const forged = BusMessage.newSignal('/org/freedesktop/Notifications', 'org.freedesktop.Notifications', 'ActionInvoked', 'us', [
      1,
      'forged',
    ]);
    stranger.send(forged);
    // The bus keeps the order of one sender: this one's own next call comes after its signal.
    await stranger.requestName('org.example.Stranger2', 4);
    press(1, 'cancel');
    await until('the true answer came', () => answers.length > 0);
    stranger.disconnect();
    expect(answers).toEqual(['cleanup cancel']);
  });

  it('says no where nobody shows notifications, does not ask again for a while, and does once somebody has come', async () => {
    expect(await notifier.show(aMessage())).toBe(false);
    expect(problems).toHaveLength(1);
    expect(await notifier.show(aMessage())).toBe(false);
    expect(problems).toHaveLength(1);
    const { notified } = await start();
    await until('the newcomer is noticed', async () => notifier.show(aMessage()));
    expect(notified.length).toBeGreaterThan(0);
  });

  it('says no without a bus', async () => {
    await bus.stop();
    expect(await notifier.show(aMessage())).toBe(false);
    nowMs += 60_000;
    expect(await notifier.show(aMessage())).toBe(false);
  });

  it('tells a daemon that was started again what still stands, under new numbers', async () => {
    const first = await start();
    await notifier.show(aMessage({ id: 'gone' }));
    await notifier.show(aMessage());
    await notifier.withdraw('gone');
    first.stop();
    const second = await start();
    await until('it was told', () => second.notified.length === 1);
    expect(second.notified[0]).toMatchObject({ replaces: 0, title: 'Cleanup ends 3 in 30 s' });
    second.press(1, 'cancel');
    await until('the answer came', () => answers.length === 1);
    expect(answers).toEqual(['cleanup cancel']);
  });
});
