import type { ProcessKey, SessionRecord } from '../../shared/types.js';
import type { Identity, Intent, SignalOutcome } from '../platform/index.js';
import type { Actor } from './actors.js';
import { createActors } from './actors.js';
import { DEMO_USERS } from './cast.js';

/** One actor as it stands at one moment. */
export interface Standing {
  readonly actor: Actor;
  readonly key: ProcessKey;
  readonly ppid: number;
  readonly state: 'S' | 'R' | 'T';
  readonly startedAtMs: number;
  readonly memoryBytes: number;
  readonly cpuMs: number;
}

export interface Script {
  /** Who is there at a moment, wall ms. */
  readonly at: (nowMs: number) => readonly Standing[];
  readonly recordOf: (standing: Standing, nowMs: number) => SessionRecord | null;
  /** Changes the script's own state: nothing else in the world hears of it. */
  readonly signal: (target: Identity, intent: Intent, nowMs: number, asRoot?: boolean) => SignalOutcome;
}

export const DEMO_SELF = { uid: 1000, user: 'marina' } as const;
const BOOT_MS = 21 * 24 * 3_600_000;
/** How long an obedient process takes to end. */
const ENDS_MS = 700;
const WORKS_MS = 55_000;
const WAITS_MS = 35_000;
/** Another pid each time it comes, and the same one again only much later. */
const RETURNS = 997;

const keyText = ({ pid, startedAt }: ProcessKey): string => `${pid}:${startedAt}`;

/** Slow and quick waves, each actor's own. */
const wave = (pid: number, ms: number): number =>
  0.6 * Math.sin(ms / 37_000 + pid * 1.7) + 0.3 * Math.sin(ms / 8_300 + pid * 0.9) + 0.1 * Math.sin(ms / 2_100 + pid);

/** CPU used up to a moment: its rate swings between 0.4 and 1.6 of the actor's figure and never turns back. */
const cpuMsAt = (actor: Actor, livedMs: number): number => {
  const share = actor.cpuPercent / 100;
  const swing = 9_000;
  return share * (livedMs + 0.6 * swing * (1 - Math.cos(livedMs / swing + actor.pid)));
};

/** A machine that is nowhere but here: the cast, moved by the clock alone, and what was done to it. `beganMs` is wall time. */
export const createScript = (seed: number, beganMs: number, selfPid: number): Script => {
  const actors = createActors(seed, selfPid);
  const managers = new Map(actors.filter(({ facts }) => facts.argv?.[1] === '--user').map(({ uid, pid }) => [uid, pid]));
  /** When each ends, wall ms. */
  const ends = new Map<string, number>();
  const paused = new Map<string, { readonly sinceMs: number | null; readonly lostMs: number }>();
  /** Owners that were killed: what they left goes to the user's manager. */
  const left = new Set<number>();

  const stampOf = (startedAtMs: number): string => String(Math.floor((startedAtMs - beganMs + BOOT_MS + 60_000) / 10));

  const stand = (actor: Actor, pid: number, startedAtMs: number, nowMs: number): Standing | null => {
    const key = { pid, startedAt: stampOf(startedAtMs) };
    const endsAtMs = ends.get(keyText(key));
    if (startedAtMs > nowMs || (endsAtMs !== undefined && nowMs >= endsAtMs)) return null;
    const pause = paused.get(keyText(key));
    const livedMs = nowMs - startedAtMs - (pause?.lostMs ?? 0) - (pause?.sinceMs ? nowMs - pause.sinceMs : 0);
    const grown = actor.growsBytesPerHour * (Math.max(0, nowMs - beganMs) / 3_600_000);
    const swing = actor.cpuPercent > 5 ? 0.05 : 0.004;
    const busy = actor.cpuPercent > 20;
    return {
      actor,
      key,
      ppid: actor.owner !== null && left.has(actor.owner) ? (managers.get(actor.uid) ?? 1) : actor.ppid,
      state: pause?.sinceMs ? 'T' : busy ? 'R' : 'S',
      startedAtMs,
      memoryBytes: Math.round(actor.memoryBytes * (1 + swing * wave(pid, nowMs - beganMs)) + grown),
      cpuMs: Math.max(0, cpuMsAt(actor, livedMs)),
    };
  };

  const enter = (actor: Actor, nowMs: number): Standing | null => {
    if (actor.comesAndGoes === null) return stand(actor, actor.pid, beganMs + actor.startedMs, nowMs);
    const { everyMs, forMs } = actor.comesAndGoes;
    // Not all at once: each has its own beat.
    const sinceMs = nowMs - beganMs + (actor.pid % everyMs);
    const turn = Math.floor(sinceMs / everyMs);
    if (sinceMs - turn * everyMs >= forMs) return null;
    const pid = actor.pid + 1_000_000 * (1 + (turn % RETURNS));
    return stand(actor, pid, nowMs - (sinceMs - turn * everyMs), nowMs);
  };

  const at: Script['at'] = (nowMs) => {
    const standing = actors.flatMap((actor) => enter(actor, nowMs) ?? []);
    const there = new Set(standing.map(({ actor }) => actor.pid));
    // A tool's shell comes only to a session that is there; what was left behind stays.
    return standing.filter(({ actor }) => actor.owner === null || there.has(actor.owner) || left.has(actor.owner));
  };

  const familyOf = (pid: number): readonly Actor[] => actors.filter(({ owner }) => owner === pid);

  const end = (one: Standing, atMs: number): void => {
    ends.set(keyText(one.key), atMs);
    for (const child of familyOf(one.actor.pid)) {
      const standing = enter(child, atMs);
      if (standing !== null && !ends.has(keyText(standing.key))) ends.set(keyText(standing.key), atMs + 250);
    }
  };

  const signal: Script['signal'] = (target, intent, nowMs, asRoot = false) => {
    const one = at(nowMs).find(({ key }) => key.pid === target.key.pid);
    if (one === undefined) return 'gone';
    const { actor, key } = one;
    if (key.startedAt !== target.key.startedAt || actor.uid !== target.uid || actor.facts.exeId !== target.exeId) return 'changed';
    if (key.pid === 1 || key.pid === selfPid || (!asRoot && actor.uid !== DEMO_SELF.uid)) return 'denied';
    const id = keyText(key);
    const pause = paused.get(id);
    switch (intent) {
      case 'pause':
        if (!pause?.sinceMs) paused.set(id, { sinceMs: nowMs, lostMs: pause?.lostMs ?? 0 });
        return 'sent';
      case 'continue':
        if (pause?.sinceMs) paused.set(id, { sinceMs: null, lostMs: pause.lostMs + nowMs - pause.sinceMs });
        return 'sent';
      case 'force':
        // It had no time to take its servers along.
        left.add(actor.pid);
        ends.set(id, nowMs + 20);
        return 'sent';
      case 'ask':
        if (!actor.stubborn && !ends.has(id)) end(one, nowMs + ENDS_MS);
        return 'sent';
    }
  };

  const recordOf: Script['recordOf'] = ({ actor, key }, nowMs) => {
    const { record } = actor;
    if (record === null) return null;
    const turnMs = WORKS_MS + WAITS_MS;
    const inTurnMs = (nowMs - beganMs + actor.pid * 131) % turnMs;
    const works = inTurnMs < WORKS_MS;
    const status = record.status !== 'cycle' ? record.status : works ? 'busy' : 'waiting';
    const since = record.status !== 'cycle' ? beganMs + record.sinceMs : nowMs - (works ? inTurnMs : inTurnMs - WORKS_MS);
    return {
      ...{ pid: key.pid, sessionId: record.sessionId, procStart: key.startedAt, pidDomain: null, cwd: actor.cwd },
      ...{ kind: record.kind, entrypoint: record.entrypoint, version: '2.1.330', name: record.name, jobId: record.jobId },
      ...{ status, waitingFor: status === 'waiting' ? 'permission prompt' : null },
      ...{ statusSinceMs: status === null ? null : since, updatedAtMs: status === null ? null : since },
      ...{ configDir: record.configDir, ownerUid: actor.uid },
    };
  };

  return { at, recordOf, signal };
};

/** The name of a uid of the demo; null = nobody's. */
export const demoUserOf = (uid: number): string | null =>
  uid === 0 ? 'root' : (DEMO_USERS.find((user) => user.uid === uid)?.name ?? null);
