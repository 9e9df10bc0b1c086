import { hasEngineKind, isReparented, isTerminalGone, trueParent } from './family.js';
import { markedOwnerPid } from './marks.js';
import { isTerminalHolder } from './multiplexer.js';
import type { ProcessFacts } from './process-facts.js';
import { cleanText } from './redact.js';
import { serviceOf } from './service-unit.js';
import type { Evidence, Kind, LeftOver, Verdict } from './types.js';

type Values = NonNullable<Evidence['values']>;
const reason =
  (weight: Evidence['weight']) =>
  (id: string, values?: Values): Evidence => ({ id: `leftOver.${id}`, weight, ...(values && { values }) });
const pro = reason('for');
const con = reason('against');

const verdict = (value: LeftOver, ...evidence: readonly Evidence[]): Verdict<LeftOver> => ({ value, evidence });
const short = (text: string): string => cleanText(text, 120);

/** Rule 2: long-lived on purpose, a viewer, or known by a name alone. */
const NEVER: ReadonlySet<Kind> = new Set([
  ...(['daemon', 'desktop-app', 'remote-control', 'cli-utility', 'plugin-daemon', 'swarm-tmux'] as const),
  ...(['unverified', 'api-client', 'cowork-vm', 'zombie'] as const),
]);
/** Rule 1 speaks of these only: marks never decide about an engine. */
const BY_MARKS: ReadonlySet<Kind> = new Set(['mcp-server', 'hook', 'tool-shell', 'tool-child']);
/** Hours without activity after which a living parent no longer proves use. */
const STALE_HOURS: Partial<Record<Kind, number>> = { 'sdk-worker': 1, 'ide-session': 24, 'desktop-session': 24 };

/** How the process stands to its parent, in words. */
const lineage = (facts: ProcessFacts): Evidence => {
  const pid = facts.parent?.pid ?? facts.ppid ?? 0;
  const parent = short(facts.parent?.role === 'systemd --user' ? 'systemd --user' : (facts.parent?.comm ?? String(pid)));
  if (!isReparented(facts)) return pro('hasParent', { parent, pid });
  return facts.platform === 'win32' ? pro('parentGone', { pid }) : pro('reparented', { parent, pid });
};

/** What cannot be ruled out by what was read: whoever has it is not pre-selected. Absent = nobody could ask. */
const unreadable = (facts: ProcessFacts, names: readonly ('listening' | 'ptyHolder' | 'containsEngine')[]): readonly Evidence[] => {
  const found = names.filter((name) => facts.hints[name] === null).map((name) => con(`${name}Unknown`));
  if (facts.platform === 'linux' && facts.hints.cgroup === null) found.push(con('cgroupUnknown'));
  return found;
};

/** A "yes" unless something holds it back. */
const settle = (facts: ProcessFacts, grounds: readonly Evidence[], against: readonly Evidence[]): Verdict<LeftOver> => {
  const held = serviceOf(facts)?.by === 'inherited' ? [...against, con('invocationInherited')] : against;
  return verdict(held.length > 0 ? 'unknown' : 'yes', ...grounds, ...held);
};

/** Marks are inherited: somebody may be working in a pane whose server a tool call started, or use a server that one started. */
const usedByOthers = (facts: ProcessFacts): readonly Evidence[] => {
  const { hints, parent, tty } = facts;
  const found: Evidence[] = [];
  if (hints.listening === true) found.push(con('listening'));
  if (hints.ptyHolder === true || isTerminalHolder(facts.comm)) found.push(con('ptyHolder'));
  if (hints.containsEngine === true) found.push(con('containsEngine'));
  const multiplexer = [parent?.comm ?? null, ...(parent?.ancestors ?? [])].find(isTerminalHolder);
  if (multiplexer != null) found.push(con('multiplexer', { name: short(multiplexer) }));
  const onTerminal = tty !== null && !/^\?*$/.test(tty);
  if (onTerminal && !isReparented(facts) && trueParent(facts)?.kind === null) found.push(con('livePane', { tty: short(tty) }));
  return [...found, ...unreadable(facts, ['listening', 'ptyHolder', 'containsEngine'])];
};

/** Rule 1: what a session started, by the owner that its marks name. Null = they prove nothing. */
const byOwner = (facts: ProcessFacts): Verdict<LeftOver> | null => {
  const { hints, parent } = facts;
  const engine = trueParent(facts);
  if (engine !== null && hasEngineKind(engine.kind)) return verdict('no', pro('parentIsEngine', { pid: engine.pid ?? facts.ppid ?? 0 }));
  // A user can name somebody else's pid.
  if (hints.ownerUidMatches === false) return null;
  const pid = markedOwnerPid(facts.env);
  if (hints.ownerAlive === true) return verdict('no', pid === null ? pro('sessionAbove') : pro('ownerAlive', { pid }));
  if (hints.ownerAlive !== false || pid === null) return null;
  return settle(
    facts,
    [pro('ownerGone', { pid }), ...(parent === null ? [] : [{ ...lineage(facts), weight: 'info' as const }])],
    usedByOthers(facts),
  );
};

/** Why no owner could be named or proved dead. */
const ownerDoubt = (facts: ProcessFacts): Evidence => {
  const pid = markedOwnerPid(facts.env);
  if (pid === null) return con('noOwnerNamed');
  return facts.hints.ownerUidMatches === false ? con('ownerOfAnotherUser', { pid }) : con('ownerUnproved', { pid });
};

/** Rule 4: its parent lives. */
const withParent = (facts: ProcessFacts, kind: Kind): Verdict<LeftOver> => {
  // Entered from outside (docker exec, a container's first process): there is no parent to lose.
  const none = facts.ppid === 0 || facts.pid === 1;
  if (!none && (facts.parent === null || !facts.parent.alive)) return verdict('unknown', con('parentUnknown', { pid: facts.ppid ?? 0 }));
  const record = facts.registry?.procStartMatches === true ? facts.registry : null;
  const limit = STALE_HOURS[kind];
  const hours = record?.idleHours ?? null;
  const resting = record?.status == null || record.status === 'idle';
  if (limit !== undefined && hours !== null && resting && hours > limit)
    return verdict('unknown', pro('stale', { count: Math.floor(hours) }), con('hasParent', { ...lineage(facts).values }));
  return verdict('no', lineage(facts));
};

/** Rule 5: what its lost parent means for this kind. */
const withoutParent = (facts: ProcessFacts, kind: Kind): Verdict<LeftOver> => {
  const { hints } = facts;
  const lost = lineage(facts);
  if (BY_MARKS.has(kind)) return verdict('unknown', lost, ownerDoubt(facts));
  const status = facts.registry?.procStartMatches === true ? facts.registry.status : null;
  if (status !== null && status !== 'idle') return verdict('unknown', lost, con('working', { status: short(status) }));
  switch (kind) {
    case 'bg-pty-host':
      if (hints.daemonSocketAlive === true) return verdict('no', pro('daemonAlive'));
      if (hints.daemonSocketAlive !== false) return verdict('unknown', lost, con('daemonUnknown'));
      return settle(
        facts,
        [lost, pro('daemonGone')],
        [...(hints.containsEngine === true ? [con('containsEngine')] : []), ...unreadable(facts, ['containsEngine'])],
      );
    case 'cli-session':
    case 'teammate': {
      const terminal = short(hints.fd0 ?? '');
      if (hints.fd0 == null) return verdict('unknown', lost, con('terminalUnknown'));
      if (!isTerminalGone(hints.fd0)) return verdict('unknown', lost, con('terminalThere', { terminal }));
      return settle(facts, [lost, pro('terminalGone', { terminal })], unreadable(facts, []));
    }
    case 'ide-session':
    case 'desktop-session':
    case 'sdk-worker':
    case 'acp-adapter':
    case 'desktop-helper':
    case 'desktop-launcher':
    case 'desktop-service':
    case 'chrome-native-host': {
      const terminal = /^\/dev\/(?:pts\/|tty)\w+$/.exec(hints.fd0 ?? '')?.[0];
      const held = terminal === undefined ? [] : [con('terminalThere', { terminal })];
      if (kind === 'desktop-service' && hints.listening === true) held.push(con('listening'));
      return settle(facts, [lost, pro('nobodyFeedsIt')], [...held, ...unreadable(facts, kind === 'desktop-service' ? ['listening'] : [])]);
    }
    case 'cli-headless':
      return verdict('unknown', lost, con('headless'));
    default:
      return verdict('unknown', lost, con('nothingProves'));
  }
};

const never = (facts: ProcessFacts, kind: Kind): Verdict<LeftOver> => {
  switch (kind) {
    case 'zombie':
      return verdict('unknown', con('zombie', { pid: facts.ppid ?? 0 }));
    case 'cowork-vm':
      // launchd owns Apple's; of a compute system nobody tells who still uses it.
      if (/vm_bundles/i.test(facts.hints.openFile ?? '') && (facts.platform === 'darwin' || !isReparented(facts)))
        return verdict('no', pro('vmOwned'));
      return verdict('unknown', con('vmUnknown'));
    case 'api-client':
    case 'unverified':
      return isReparented(facts) ? verdict('unknown', lineage(facts), con('nothingProves')) : verdict('no', lineage(facts));
    default:
      return verdict('no', pro('neverByKind'));
  }
};

/** Whether a process was left over by what it belonged to (claude-processes.md 5.2), with what speaks for it and what holds back. Any doubt is "unknown". */
export const judgeLeftOver = (facts: ProcessFacts, kind: Kind): Verdict<LeftOver> => {
  if (kind === 'zombie') return never(facts, kind);
  const service = serviceOf(facts);
  if (service?.by === 'unit')
    return verdict('no', service.unit === null ? pro('startedAsService') : pro('serviceUnit', { unit: short(service.unit) }));
  if (facts.parent?.role === 'container-init' || facts.pid === 1) return verdict('no', pro('containerMain'));
  if (facts.platform === 'win32' && kind === 'desktop-service' && /cowork-svc/i.test(facts.exe ?? ''))
    return verdict('no', pro('startedAsService'));
  if (NEVER.has(kind)) return never(facts, kind);
  const owned = BY_MARKS.has(kind) ? byOwner(facts) : null;
  if (owned !== null) return owned;
  if (facts.parent?.startedBefore === false)
    return verdict('unknown', con('parentPidReused', { pid: facts.parent.pid ?? facts.ppid ?? 0 }));
  return isReparented(facts) ? withoutParent(facts, kind) : withParent(facts, kind);
};
