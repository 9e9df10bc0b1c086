import { readdirSync } from 'node:fs';
import { Message, sessionBus } from '@jellybrick/dbus-next';
import type { Driven } from './driven.js';

const BUS = 'org.freedesktop.DBus';
const BUS_PATH = '/org/freedesktop/DBus';
const PARTS = 10;

/** What a process holds on to beside memory. */
export interface Held {
  readonly descriptors: number;
  /** Match rules of all its connections to the session bus; null where the bus keeps no count. */
  readonly busRules: number | null;
}

const isRules = (value: unknown): value is Readonly<Record<string, readonly string[]>> =>
  typeof value === 'object' && value !== null && Object.values(value).every(Array.isArray);

/** Counts what a process holds on to, asked of /proc and of the session bus itself. */
export const createHeldReader = () => {
  const bus = sessionBus();
  const ask = async (iface: string, member: string, body: readonly string[]): Promise<unknown> => {
    const signature = body.length > 0 ? 's' : '';
    const reply = await bus.call(new Message({ destination: BUS, path: BUS_PATH, interface: iface, member, signature, body: [...body] }));
    return reply?.body[0];
  };
  const rulesOf = async (pid: number): Promise<number | null> => {
    const rules = await ask(`${BUS}.Debug.Stats`, 'GetAllMatchRules', []).catch(() => null);
    if (!isRules(rules)) return null;
    let count = 0;
    for (const [name, list] of Object.entries(rules)) {
      // Who has left in between holds nothing any more.
      const owner = await ask(BUS, 'GetConnectionUnixProcessID', [name]).catch(() => null);
      if (owner === pid) count += list.length;
    }
    return count;
  };
  return {
    of: async (pid: number): Promise<Held> => ({ descriptors: readdirSync(`/proc/${pid}/fd`).length, busRules: await rulesOf(pid) }),
    close: () => bus.disconnect(),
  };
};

/** Asks the running application, by its open window, for one look after the other; main's heap after each tenth, and what it holds before and after. */
export const looksInApp = async (app: Driven, looks: number, held: () => Promise<Held>) => {
  const part = Math.ceil(looks / PARTS);
  const heapKb: number[] = [];
  // The first part warms up and is not counted.
  await app.looks(part);
  const before = await held();
  for (let at = 0; at < PARTS; at += 1) {
    await app.looks(part);
    heapKb.push(await app.heapKb());
  }
  return { looks: part * PARTS, heapKb, before, after: await held() };
};
