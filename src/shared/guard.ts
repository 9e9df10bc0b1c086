import type { ProtectRule } from './config.js';
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
}

/** The parts of a row that decide whether it may be ended. */
export type GuardView = Pick<ProcessView, 'key' | 'kind' | 'uid' | 'user' | 'leftOver' | 'name' | 'projectDir' | 'session'>;

/** How a kind may be ended by hand: `refusal` is the id that says the right way where it may not. */
export type KindRule =
  | { readonly byHand: 'yes' }
  | { readonly byHand: 'left-over'; readonly refusal: string }
  | { readonly byHand: 'no'; readonly refusal: string };

const YES: KindRule = { byHand: 'yes' };
const no = (refusal: string): KindRule => ({ byHand: 'no', refusal });
const leftOverOnly = (refusal: string): KindRule => ({ byHand: 'left-over', refusal });

/** What may be ended by hand, by kind. A new kind does not compile until it is decided here. */
export const KIND_RULES: Readonly<Record<Kind, KindRule>> = {
  'cli-session': YES,
  'cli-headless': YES,
  'ide-session': YES,
  'desktop-session': YES,
  'sdk-worker': YES,
  teammate: YES,
  'acp-adapter': YES,
  // A signalled worker is started again by its daemon within seconds.
  'bg-session': no('bgSession'),
  'mcp-server': YES,
  'tool-shell': YES,
  'tool-child': YES,
  hook: YES,
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
  'api-client': YES,
  unverified: YES,
  'cli-utility': YES,
};

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

const kindRefusal = (view: GuardView): Refusal | null => {
  const rule = KIND_RULES[view.kind];
  if (rule.byHand === 'yes' || (rule.byHand === 'left-over' && view.leftOver === 'yes')) return null;
  if (view.kind !== 'bg-session') return refuse(rule.refusal);
  // The id goes into a command for people to copy, and the record that holds it is anybody's text.
  const jobId = view.session?.jobId ?? '';
  return /^[0-9a-f]{8}$/.test(jobId) ? refuse(rule.refusal, { jobId }) : refuse('bgSessionUnknownJob');
};

const uidRefusal = (view: GuardView, context: GuardContext): Refusal | null => {
  if (view.uid === null) return { reason: 'denied', id: 'unknownUser' };
  if (view.uid === context.selfUid || context.isRoot) return null;
  return { reason: 'denied', id: 'otherUser', values: { user: view.user ?? String(view.uid) } };
};

/**
 * Why a process may not be ended by hand, or null where it may; ids are keys below "refusal" in the locales. `owner` is the
 * session that it belongs to, where known: rules that protect a session protect what it owns.
 */
export const refusalOf = (view: GuardView, context: GuardContext, owner: GuardView | null = null): Refusal | null =>
  protectionOf(view, owner, context.protectRules) ?? kinRefusalOf(view.key.pid, context) ?? kindRefusal(view) ?? uidRefusal(view, context);
