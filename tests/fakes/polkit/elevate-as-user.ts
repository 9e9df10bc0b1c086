// Run by an ordinary user, bundled: elevates what its input names, with a person at the dialog. Prints "asked" lines, then the outcome.
import { createInterface } from 'node:readline';
import { createElevate } from '../../../src/main/elevate.js';
import type { Identity } from '../../../src/main/platform/index.js';
import { createLinuxPlatform } from '../../../src/main/platform/linux.js';
import type { Person } from './agent.js';
import { startAgent } from './agent.js';

/** First line of the input. Any further line lets the person at the dialog go on. */
export interface Order {
  readonly pids: readonly number[];
  readonly person: Person | null;
  readonly promptMs?: number;
  readonly intent?: 'ask' | 'force';
  /** For each pid the one that it is ended after; null = none. */
  readonly below?: readonly (number | null)[];
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async (): Promise<string> => String((await lines.next()).value);
const order: Order = JSON.parse(await next());

const platform = createLinuxPlatform();
const targets = order.pids.map((pid) => platform.identify(pid)).filter((one): one is Identity => one !== null);
const stop =
  order.person &&
  (await startAgent(order.person, async (asked) => {
    process.stdout.write(`${JSON.stringify({ asked })}\n`);
    await next();
  }));
const elevate = createElevate({ os: 'linux', ...(order.promptMs === undefined ? {} : { promptMs: order.promptMs }) });
const below = new Map(order.pids.map((pid, at) => [pid, order.below?.[at] ?? null]));
const list = targets.map((identity) => ({ identity, below: below.get(identity.key.pid) ?? null }));
const outcome = await elevate(list, order.intent ?? 'ask');
const told = outcome.ok ? { ...outcome, results: [...outcome.results] } : outcome;
process.stdout.write(`${JSON.stringify({ outcome: told, exeIds: targets.map(({ exeId }) => exeId) })}\n`);
stop?.();
process.exit();
