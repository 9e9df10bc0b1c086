import type { RawProcess } from '../../shared/types.js';
import type { Identity, Platform } from '../platform/index.js';
import type { Script, Standing } from './script.js';
import { DEMO_SELF, demoUserOf } from './script.js';

const GB = 1024 ** 3;
const CORES = 16;

const identityOf = ({ actor, key, state }: Standing): Identity => ({ key, uid: actor.uid, exeId: actor.facts.exeId, state });

const rawOf = ({ actor, key, ppid, state, startedAtMs, memoryBytes, cpuMs }: Standing): RawProcess => ({
  ...{ key, ppid, uid: actor.uid, user: actor.user, state, tty: actor.tty, cwd: actor.cwd, pgid: actor.pgid, sid: actor.pgid },
  ...{ startedAtMs, facts: actor.facts },
  counters: {
    ...{ cpuMs, rssBytes: Math.round(memoryBytes * 1.28), rssAnonBytes: Math.round(memoryBytes * 0.97) },
    ...{ swapBytes: memoryBytes - Math.round(memoryBytes * 0.97), threads: actor.record === null ? 7 : 19 },
  },
});

/** A platform whose processes are a script's: reading costs nothing, and a signal changes the script and nothing else. */
export const createDemoPlatform = (script: Script, selfPid: number, now: () => number): Platform => {
  const beganMs = now();
  const find = (pid: number): Standing | null => script.at(now()).find(({ key }) => key.pid === pid) ?? null;
  return {
    read: async () => {
      const takenAtMs = now();
      const processes = script.at(takenAtMs).map(rawOf);
      return { takenAtMs, monotonicMs: takenAtMs - beganMs, processes, complete: true, pidDomain: null, selfPid };
    },
    focus: () => undefined,
    inspect: async (keys) => {
      const wanted = new Set(keys.map(({ pid, startedAt }) => `${pid}:${startedAt}`));
      const standing = script.at(now()).filter(({ key }) => wanted.has(`${key.pid}:${key.startedAt}`));
      return new Map(standing.map(({ actor, key }) => [key.pid, actor.candidate]));
    },
    identify: (pid) => {
      const found = find(pid);
      return found === null ? null : identityOf(found);
    },
    exePath: (pid) => find(pid)?.actor.facts.exe ?? null,
    signal: (target, intent) => script.signal(target, intent, now()),
    setPriority: (target) => {
      const found = find(target.key.pid);
      if (found === null) return 'gone';
      if (found.key.startedAt !== target.key.startedAt) return 'changed';
      return found.actor.uid === DEMO_SELF.uid ? 'sent' : 'denied';
    },
    memoryDetails: async ({ pid, startedAt }) => {
      const found = find(pid);
      if (found === null || found.key.startedAt !== startedAt) return null;
      const { rssBytes, rssAnonBytes, swapBytes, threads } = rawOf(found).counters;
      return { rssBytes, rssAnonBytes, swapBytes, threads, pssBytes: Math.round(found.memoryBytes * 1.06) };
    },
    // Nobody of the demo has a home here: a real folder of that name is not to be looked into.
    homeOf: () => null,
    userOf: demoUserOf,
    hostTotals: async () => {
      const nowMs = now();
      const standing = script.at(nowMs);
      const ours = standing.reduce((sum, one) => sum + one.memoryBytes, 0);
      const cpu = standing.reduce((sum, { actor }) => sum + actor.cpuPercent, 0);
      const others = 16.4 * GB + 1.1 * GB * Math.sin(nowMs / 190_000);
      const cpuPercent = cpu + 140 + 60 * Math.sin(nowMs / 41_000);
      return {
        ...{ hostName: 'atlas', osName: 'Debian GNU/Linux 12', memoryTotalBytes: 62.7 * GB, memoryUsedBytes: Math.round(ours + others) },
        ...{ cores: CORES, load1: Math.round(cpuPercent) / 100, cpuPercent },
      };
    },
    notes: async () => [
      { id: 'procReadable', ok: true, values: { count: script.at(now()).length } },
      { id: 'asUser', ok: true, values: { user: DEMO_SELF.user } },
    ],
  };
};
