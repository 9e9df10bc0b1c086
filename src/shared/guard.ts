import type { Config, ProtectRule } from './config.js';
import type { Kind, ProcessView, Refusal } from './types.js';

/** What the guard must know about ourselves; from one look at the whole process table, Claude's or not. */
export interface GuardContext {
  readonly selfPid: number;
  readonly selfUid: number;
  readonly isRoot: boolean;
  /** Everyone above us. */
  readonly ancestorPids: ReadonlySet<number>;
  /** Everyone below us. */
  readonly childPids: ReadonlySet<number>;
  readonly protectRules: readonly ProtectRule[];
  /** Read-only mode: nothing is done to anybody. */
  readonly readOnly?: boolean;
  /** No administrator is asked for. */
  readonly noElevation?: boolean;
  /** Acting as administrator on other people's processes, by their leave; never on the system's own users. */
  readonly elevated?: boolean;
}

/** The parts of a row that decide whether it may be ended. */
export type GuardView = Pick<ProcessView, 'key' | 'kind' | 'uid' | 'user' | 'leftOver' | 'name' | 'projectDir' | 'session'>;

/** Whether a kind has a place of its own in a bulk, comes along with its session, or stays out. */
export type Place = 'own' | 'with-session' | 'no';

/** How a kind may be ended: `refusal` is the id that says the right way where it may not. */
export type KindRule = {
  /** Among left-overs, where it is one beyond doubt. */
  readonly inOrphans: boolean;
  /** When all of a user's, or everybody's, is ended. */
  readonly inUser: Place;
  /** When what is old and idle is ended. */
  readonly inOld: Place;
  /** Too little is known of it for any list: one at a time, by hand. */
  readonly alone: boolean;
} & (
  | { readonly byHand: 'yes' }
  // 'stop': never by a signal, but through `claude stop`, and one's own only.
  | { readonly byHand: 'left-over' | 'no' | 'stop'; readonly refusal: string }
);

const NEVER = { inOrphans: false, inUser: 'no', inOld: 'no', alone: false } as const;
const SESSION: KindRule = { byHand: 'yes', inOrphans: true, inUser: 'own', inOld: 'own', alone: false };
const OWNED: KindRule = { byHand: 'yes', inOrphans: true, inUser: 'with-session', inOld: 'with-session', alone: false };
const ALONE: KindRule = { ...NEVER, byHand: 'yes', alone: true };
const no = (refusal: string): KindRule => ({ ...NEVER, byHand: 'no', refusal });
const leftOverOnly = (refusal: string): KindRule => ({ ...NEVER, byHand: 'left-over', refusal });

/** The table of kinds: what may be ended how. A new kind does not compile until it is decided here. */
export const KIND_RULES: Readonly<Record<Kind, KindRule>> = {
  'cli-session': SESSION,
  'cli-headless': SESSION,
  'ide-session': SESSION,
  'desktop-session': SESSION,
  'sdk-worker': SESSION,
  teammate: SESSION,
  // It has no record of its own, and so is never known to be idle.
  'acp-adapter': { ...SESSION, inOld: 'no' },
  // A signalled worker is started again by its daemon within seconds.
  'bg-session': { ...NEVER, inUser: 'own', byHand: 'stop', refusal: 'bgSession' },
  'mcp-server': OWNED,
  'tool-shell': OWNED,
  'tool-child': OWNED,
  hook: OWNED,
  'bg-pty-host': leftOverOnly('bgPtyHost'),
  'bg-spare': no('bgSpare'),
  daemon: no('daemon'),
  'remote-control': no('remoteControl'),
  'mcp-serve': no('mcpServe'),
  'plugin-daemon': no('pluginDaemon'),
  'swarm-tmux': no('swarmTmux'),
  'desktop-app': no('desktopApp'),
  'desktop-helper': leftOverOnly('desktopHelper'),
  'desktop-launcher': leftOverOnly('desktopLauncher'),
  'desktop-service': leftOverOnly('desktopService'),
  'cowork-vm': no('coworkVm'),
  'chrome-native-host': leftOverOnly('chromeNativeHost'),
  zombie: no('zombie'),
  'api-client': ALONE,
  unverified: ALONE,
  'cli-utility': ALONE,
};

/** Uids below belong to the system itself. */
const FIRST_USER_UID = 1000;

const refuse = (id: string, values?: Refusal['values']): Refusal =>
  values ? { reason: 'protected', id, values } : { reason: 'protected', id };

/** `*` stands for any text, also none. By search, not by a regular expression: neither side may make it slow. */
const matchesGlob = (pattern: string, text: string): boolean => {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return text === pattern;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
};

const segmentsOf = (path: string): string[] => {
  const segments: string[] = [];
  for (const part of path.split(/[/\\]/)) {
    if (part === '..') segments.pop();
    else if (part !== '' && part !== '.' && part !== '~') segments.push(part);
  }
  return segments;
};

/** The directory itself and all below it. A rule that is no absolute path protects wherever its segments stand in a row: rather too much. */
const isWithin = (dir: string, rule: string): boolean => {
  const have = segmentsOf(dir);
  const want = segmentsOf(rule);
  const last = /^[/\\]/.test(rule) ? 0 : have.length - want.length;
  for (let from = 0; from <= last; from++)
    if (want.length <= have.length && want.every((segment, i) => have[from + i] === segment)) return true;
  return false;
};

const ruleApplies = (rule: ProtectRule, view: GuardView): boolean => {
  switch (rule.by) {
    case 'user':
      return view.user === rule.value || (view.uid !== null && String(view.uid) === rule.value);
    case 'project':
      // The OS marks a directory that was removed under the process; it may also be called so.
      return [view.projectDir, view.session?.projectDir].some(
        (dir) => typeof dir === 'string' && (isWithin(dir, rule.value) || isWithin(dir.replace(/ \(deleted\)$/, ''), rule.value)),
      );
    case 'name':
      return [view.name, view.session?.name].some(
        (name) => typeof name === 'string' && (name === rule.value || matchesGlob(rule.value, name)),
      );
    case 'kind':
      return view.kind === rule.value;
    case 'pid':
      return String(view.key.pid) === rule.value.trim();
  }
};

const RULE_IDS = { user: 'protectUser', project: 'protectProject', name: 'protectName', kind: 'protectKind', pid: 'protectPid' } as const;

const protectionOf = (view: GuardView, owner: GuardView | null, rules: readonly ProtectRule[]): Refusal | null => {
  const own = rules.find((rule) => ruleApplies(rule, view));
  if (own) return refuse(RULE_IDS[own.by], { value: own.value });
  // What a protected session owns is its work.
  const ofOwner = owner === null ? undefined : rules.find((rule) => ruleApplies(rule, owner));
  return ofOwner ? refuse('protectOwner', { value: ofOwner.value }) : null;
};

/** Why a pid may never be signalled, whatever runs there: the system's first process, ourselves, our ancestors, our descendants. */
export const kinRefusalOf = (pid: number, context: GuardContext): Refusal | null => {
  if (!Number.isSafeInteger(pid) || pid <= 1) return refuse('system');
  if (pid === context.selfPid) return refuse('self');
  if (context.ancestorPids.has(pid)) return refuse('ancestor');
  return context.childPids.has(pid) ? refuse('child') : null;
};

/** The id by which a background session is stopped; null = none that may stand in a command: the record that holds it is anybody's text. */
export const jobIdOf = (view: Pick<GuardView, 'session'>): string | null => {
  const jobId = view.session?.jobId ?? '';
  return /^[0-9a-f]{8}$/.test(jobId) ? jobId : null;
};

const kindRefusal = (view: GuardView, context: GuardContext): Refusal | null => {
  const rule = KIND_RULES[view.kind];
  if (rule.byHand === 'yes' || (rule.byHand === 'left-over' && view.leftOver === 'yes')) return null;
  if (rule.byHand !== 'stop') return refuse(rule.refusal);
  const jobId = jobIdOf(view);
  if (jobId === null) return refuse('bgSessionUnknownJob');
  // Another user's engine and configuration are never run, not even by root.
  return view.uid === context.selfUid ? null : refuse(rule.refusal, { jobId });
};

const uidRefusal = (view: GuardView, context: GuardContext): Refusal | null => {
  if (view.uid === null) return { reason: 'denied', id: 'unknownUser' };
  if (view.uid === context.selfUid || context.isRoot) return null;
  if (context.elevated) return view.uid >= FIRST_USER_UID ? null : { reason: 'denied', id: 'systemUser' };
  const id = context.noElevation ? 'otherUserNoElevation' : 'otherUser';
  return { reason: 'denied', id, values: { user: view.user ?? String(view.uid) } };
};

/** The part of the guard that is the user's own. */
export const guardRules = ({
  protect_rules,
  global_settings: g,
}: Config): Pick<GuardContext, 'protectRules' | 'readOnly' | 'noElevation'> => ({
  protectRules: protect_rules,
  readOnly: g.read_only,
  noElevation: !g.elevation_enabled,
});

const READ_ONLY: Refusal = { reason: 'denied', id: 'readOnly' };

/**
 * Why a process may not be ended by hand, or null where it may; ids are keys below "refusal" in the locales. `owner` is the
 * session that it belongs to, where known: rules that protect a session protect what it owns.
 */
export const refusalOf = (view: GuardView, context: GuardContext, owner: GuardView | null = null): Refusal | null =>
  (context.readOnly ? READ_ONLY : null) ??
  protectionOf(view, owner, context.protectRules) ??
  kinRefusalOf(view.key.pid, context) ??
  kindRefusal(view, context) ??
  uidRefusal(view, context);
