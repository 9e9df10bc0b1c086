import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createLinuxPlatform } from '../../../src/main/platform/linux.js';
import { classify } from '../../../src/shared/classify.js';
import { judgeLeftOvers, mayBeClaudes } from '../../../src/shared/judge.js';
import { keyId } from '../../../src/shared/process-key.js';
import { judgeKinds } from '../in-one-go.js';
import { createLife, createRandom, ONLOOKER } from './life.js';

/**
 * observe SECONDS SEED [user], with the engine's path as ENGINE: lets a life go on step by step, looks twice, and reads everything at the same moments with readers that
 * know nothing yet. Prints what did not agree, as one JSON object. To be run in a pid namespace of its own; with `user` an ordinary one looks on.
 */

interface Seen {
  /** Who is Claude's, and for what. */
  readonly claudes: ReadonlyMap<string, string>;
  /** Everybody who was read. */
  readonly all: ReadonlySet<string>;
}
type Read = ReturnType<typeof createLinuxPlatform>['read'];

/** Where the machine is busy, it goes on longer. */
const FEWEST_LOOKS = 40;

const reader = (procRoot: string): Read => {
  const platform = createLinuxPlatform({ procRoot, getent: null });
  platform.focus((facts) => mayBeClaudes(facts, classify));
  return platform.read;
};
const seenBy = async (read: Read, scope: 'all' | 'relevant'): Promise<Seen> => {
  const reading = await read(scope);
  const judgements = judgeLeftOvers(judgeKinds(reading, new Map()), new Map(), 0);
  return {
    claudes: new Map(judgements.map(({ raw, kind }) => [keyId(raw.key), `${kind} below ${raw.ppid}`])),
    all: new Set(reading.processes.map(({ key }) => keyId(key))),
  };
};
/** By another name of the same folder nothing is kept open, so that thousands of readers can come and go. */
const scan = (): Promise<Seen> => seenBy(reader('//proc'), 'all');

const observe = async (seconds: number, random: (below: number) => number): Promise<object> => {
  const step = async (pids: readonly number[]): Promise<void> => {
    process.send?.(pids);
    await once(process, 'message');
  };
  const ours = reader('/proc');
  const wrong: string[] = [];
  let looks = 0;
  let compared = 0;
  let born = 0;
  let before: Seen = await scan();
  for (const end = performance.now() + seconds * 1000; performance.now() < end || looks < FEWEST_LOOKS; ) {
    await step([...before.claudes.keys()].map((id) => Number.parseInt(id, 10)));
    await pause(random(120));
    const first = await scan();
    await seenBy(ours, 'relevant');
    if (random(2) === 0) await step([]);
    await pause(random(120));
    const second = await scan();
    const look = await seenBy(ours, 'relevant');
    const third = await scan();
    looks += 2;
    for (const [id, what] of third.claudes) {
      // Claude's before both looks: known by now, for what it has been all the time.
      const [was, is] = [first.claudes.get(id), second.claudes.get(id)];
      if (was === undefined || is === undefined) continue;
      compared++;
      if (!before.claudes.has(id)) born++;
      const found = look.claudes.get(id);
      if (found === undefined) wrong.push(`look ${looks}: ${id}, ${what}, is missing`);
      else if (was === what && is === what && found !== what) wrong.push(`look ${looks}: ${id} is ${what}, not ${found}`);
    }
    // Gone before the second look: out of it.
    for (const id of look.claudes.keys())
      if ((before.all.has(id) || first.all.has(id)) && !second.all.has(id)) wrong.push(`look ${looks}: ${id} has gone`);
    before = third;
  }
  return { looks, compared, born, wrongCount: wrong.length, wrong: wrong.slice(0, 20) };
};

const [seconds = '60', seed = '1'] = process.argv.slice(2);
const random = createRandom(Number(seed));
if (process.send !== undefined) {
  process.stdout.write(`${JSON.stringify(await observe(Number(seconds), random))}\n`, () => process.exit());
} else {
  // Who is started by the observer itself is never listed: so the life starts the observer.
  const asUser = process.argv[4] === 'user' ? { uid: ONLOOKER, gid: ONLOOKER } : {};
  const life = createLife(process.env['ENGINE'] ?? '', random, asUser);
  const observer = fork(process.argv[1] ?? '', process.argv.slice(2), asUser);
  observer.on('message', (pids: readonly number[]) => {
    life.step(pids);
    observer.send('done');
  });
  observer.on('exit', (code) => process.exit(code ?? 1));
}
