import { flagValue, hasFlag, mcpPackage, ownSlots, plainPath, programName, runtimeOf, scriptIndex } from './argv-slots.js';
import { coworkVm, desktopPart } from './desktop.js';
import { isClaudeName, isEnginePath, isVersionName } from './engine.js';
import { classifyEngine } from './engine-kind.js';
import { hasEngineKind, isReparented, trueParent } from './family.js';
import { markedAs } from './marks.js';
import type { ProcessFacts } from './process-facts.js';
import { cleanText } from './redact.js';
import { serviceOf } from './service-unit.js';
import type { Evidence, Kind, Verdict } from './types.js';

type Claim = Verdict<Kind> | null;

const because = (id: string, values?: Evidence['values']): Evidence => ({ id: `kind.${id}`, weight: 'for', ...(values && { values }) });
const short = (text: string): string => cleanText(text, 200);

/** The names of a process whose executable cannot be read, else the executable's. */
const ownNames = ({ platform, exe, comm, argv }: ProcessFacts): readonly string[] =>
  exe === null ? [comm ?? '', programName(platform, argv?.[0])] : [programName(platform, exe)];

/** R0: a dead process keeps nothing but its name. A version number is a name only below Claude's own. */
const zombie = (facts: ProcessFacts): Verdict<Kind | null> => {
  const comm = facts.comm ?? '';
  const claims = isClaudeName(comm) || (isVersionName(comm) && (trueParent(facts)?.kind ?? null) !== null);
  return { value: claims ? 'zombie' : null, evidence: claims ? [because('zombie', { name: short(comm) })] : [] };
};

/** R1: parts of Claude Desktop by path, its virtual machine by what it holds open. */
const desktop = (facts: ProcessFacts): Claim => {
  const part = desktopPart(facts);
  if (part !== null) return { value: part.kind, evidence: [because('desktopPath', { path: short(part.path) })] };
  const vm = coworkVm(facts);
  if (vm === null) return null;
  const evidence = vm.by === 'file' ? because('vmFile', { path: short(vm.claim) }) : because('vmSystem', { name: short(vm.claim) });
  return { value: 'cowork-vm', evidence: [evidence] };
};

const ADAPTER = /(?:^|\/)(?:@[\w.-]+\/claude-(?:code|agent)-acp\/(?:.+\/)?index\.m?js|(?:\.bin|bin)\/claude-(?:code|agent)-acp)$/;
const PLUGIN = /\/plugins\/cache\/[^\n]*(?:worker|daemon)/;

/** R7: what is Claude's by path, without being an engine. */
const byPath = (facts: ProcessFacts): Claim => {
  const { platform, argv } = facts;
  if (argv === null) return null;
  const runtime = runtimeOf(facts);
  const script = runtime === null ? '' : (plainPath(platform, argv[scriptIndex(argv, runtime)] ?? null) ?? '');
  if (ADAPTER.test(script)) return { value: 'acp-adapter', evidence: [because('adapterScript', { path: short(script) })] };
  const slots = ownSlots(argv);
  if (hasFlag(slots, '--daemon')) {
    const path = [facts.exe, ...slots].map((slot) => plainPath(platform, slot) ?? '').find((slot) => PLUGIN.test(slot));
    if (path !== undefined) return { value: 'plugin-daemon', evidence: [because('pluginScript', { path: short(path) })] };
  }
  const isTmux = ownNames(facts).includes('tmux') || programName(platform, argv[0]) === 'tmux';
  const socket = flagValue(slots, '-L') ?? slots.find((slot) => slot.startsWith('-L'))?.slice(2) ?? '';
  if (isTmux && /^claude-swarm-\d+$/.test(socket)) return { value: 'swarm-tmux', evidence: [because('swarmSocket', { name: socket })] };
  return null;
};

const SHELLS = /^-?(?:bash|zsh|sh|dash|ksh|ash|busybox)$/;
/** The command of a tool shell begins by sourcing the snapshot; a command that mentions one is somebody's own. */
const SOURCES = /^\s*(?:source|\.)\s+('[^']*'|"[^"]*"|(?:\\.|[^\s\\;&|])+)/;
const SNAPSHOT = /(?:^|\/)shell-snapshots\/snapshot-\w+-\d+-\w+\.sh$/;

/** R8: the shell that runs one Bash tool call. */
const toolShell = (facts: ProcessFacts): Claim => {
  const { platform, argv, exe } = facts;
  if (argv === null) return null;
  if (!SHELLS.test(programName(platform, argv[0])) && (exe === null || !SHELLS.test(programName(platform, exe)))) return null;
  const at = argv.findIndex((slot, index) => index > 0 && /^-[a-z]*c$/.test(slot));
  if (at === -1) return null;
  // Git Bash: `-c -l source …`
  const command = argv.slice(at + 1).find((slot) => !/^-\w+$/.test(slot)) ?? '';
  const source = (SOURCES.exec(command.slice(0, 8192))?.[1] ?? '').replace(/^['"]|['"]$/g, '').replaceAll('\\', '/');
  return SNAPSHOT.test(source) ? { value: 'tool-shell', evidence: [because('snapshot')] } : null;
};

/** R9: what an engine started, by the marks in its environment, else by its parent. */
const child = (facts: ProcessFacts): Claim => {
  const kind = markedAs(facts.env);
  if (kind !== null) return { value: kind, evidence: [because(`marks.${kind}`)] };
  const parent = trueParent(facts);
  if (parent?.kind == null) return null;
  const pid = parent.pid ?? facts.ppid ?? 0;
  if (hasEngineKind(parent.kind)) {
    // macOS: the engine keeps the machine awake.
    if (programName(facts.platform, facts.exe ?? facts.comm) === 'caffeinate')
      return { value: 'tool-child', evidence: [because('childOfEngine', { pid })] };
    const shared = facts.pgid !== null && (parent.pgid === null ? facts.pgid === parent.pid : facts.pgid === parent.pgid);
    // Tool shells and hooks always get a process group of their own (Windows has none: there the command must tell).
    if (shared) return { value: 'mcp-server', evidence: [because('sharedGroup', { pid })] };
    const name = facts.pgid === null ? mcpPackage(facts.platform, facts.argv) : null;
    if (name !== null)
      return { value: 'mcp-server', evidence: [because('childOfEngine', { pid }), because('mcpPackage', { name: short(name) })] };
    return { value: 'tool-child', evidence: [because('childOfEngine', { pid })] };
  }
  if (parent.kind === 'tool-shell') return { value: 'tool-child', evidence: [because('childOfToolShell', { pid })] };
  // Unmarked, and a session that lives stands further up: judge.ts found it.
  const carries = parent.kind === 'mcp-server' || parent.kind === 'tool-child' || parent.kind === 'hook';
  return carries && facts.hints.ownerAlive === true ? { value: 'tool-child', evidence: [because('descendant', { pid })] } : null;
};

/** R10: an MCP server that lost its parent, by its package's name alone. */
const suspect = (facts: ProcessFacts): Claim => {
  if (!isReparented(facts) || serviceOf(facts)?.by === 'unit') return null;
  const name = mcpPackage(facts.platform, facts.argv);
  return name === null ? null : { value: 'mcp-server', evidence: [because('suspect', { name: short(name) })] };
};

/** R11: the name and nothing else. */
const byName = (facts: ProcessFacts): Claim => {
  const exact = ownNames(facts).find((name) => /^claude(?:\.exe)?$/.test(name));
  if (exact !== undefined) return { value: 'unverified', evidence: [because('nameOnly', { name: exact })] };
  if (facts.exe !== null) return null;
  // Another user's engine: its executable is hidden from us, and what it calls itself is no proof.
  const called = plainPath(facts.platform, facts.argv?.[0] ?? null) ?? '';
  const names = isEnginePath(called) || (isVersionName(facts.comm ?? '') && /^claude(?: |$)/.test(called));
  return names ? { value: 'unverified', evidence: [because('nameOnly', { name: short(called) })] } : null;
};

/** What the user adds: base names of executables, and parts of command lines. */
export interface Additions {
  readonly names: readonly string[];
  readonly patterns: readonly string[];
}

/** Section 6, the user's own: no more than an api-client, which no list of many ever holds. */
const added =
  ({ names, patterns }: Additions) =>
  (facts: ProcessFacts): Claim => {
    const name = clientNames(facts).find((word) => word !== '' && names.includes(word));
    if (name !== undefined) return { value: 'api-client', evidence: [because('addedName', { name: short(name) })] };
    if (patterns.length === 0 || facts.argv === null) return null;
    const line = [facts.argv[0] ?? '', ...ownSlots(facts.argv)].join(' ');
    const pattern = patterns.find((part) => line.includes(part));
    return pattern === undefined ? null : { value: 'api-client', evidence: [because('addedPattern', { pattern: short(pattern) })] };
  };

const CLIENTS = new Set(['anthropic', 'claude-api', 'claude-cli']);
const INTERPRETERS = /^(?:python|pypy|ruby|perl|node|nodejs|bun|deno)[\d.]*$/;

/** A program's names; for an interpreter its script's, too. */
const clientNames = (facts: ProcessFacts): readonly string[] => {
  const { platform, argv } = facts;
  const names = ownNames(facts);
  const isScript = INTERPRETERS.test(names[0] ?? '') && argv !== null;
  return isScript ? [...names, programName(platform, argv[scriptIndex(argv, 'node')])] : names;
};

/** Section 6: what the original dashboard found by name or by its model. */
const apiClient = (facts: ProcessFacts): Claim => {
  const { argv } = facts;
  const name = clientNames(facts).find((word) => CLIENTS.has(word));
  if (name !== undefined) return { value: 'api-client', evidence: [because('clientName', { name })] };
  const slots = ownSlots(argv);
  const models = [...slots.keys()].map((at) => (slots[at] === '--model' ? slots[at + 1] : /^--model=(.*)$/s.exec(slots[at] ?? '')?.[1]));
  const model = models.find((value) => value?.startsWith('claude'));
  return model === undefined ? null : { value: 'api-client', evidence: [because('modelFlag', { model: short(model) })] };
};

/** What speaks against a claim without changing it. */
const doubts = (facts: ProcessFacts): readonly Evidence[] => {
  const found: Evidence[] = [];
  if (facts.registry?.procStartMatches === false) found.push({ id: 'kind.recordOfAnother', weight: 'info' });
  if (facts.env === null) found.push({ id: 'kind.environmentUnreadable', weight: 'info' });
  return found;
};

const RULES = [desktop, classifyEngine, byPath, toolShell, child, suspect, byName, apiClient] as const;

export type Classify = (facts: ProcessFacts) => Verdict<Kind | null>;

/** Classification with what the user adds to it: only processes that no rule of ours has claimed. */
export const createClassify = (additions: Additions): Classify => {
  const rules = [...RULES, added(additions)];
  return (facts) => {
    if (facts.hints.isSelf === true || facts.hints.ancestorIsSelf === true) return { value: null, evidence: [] };
    if (facts.state === 'Z') return zombie(facts);
    for (const rule of rules) {
      const claim = rule(facts);
      if (claim !== null) return { value: claim.value, evidence: [...claim.evidence, ...doubts(facts)] };
    }
    return { value: null, evidence: [] };
  };
};

/** What kind of Claude process this is (claude-processes.md 5.1 and 6, first match wins) and why; null = not Claude's, or our own. */
export const classify: Classify = createClassify({ names: [], patterns: [] });

/** Whether a claim rests on a package's name alone, which more facts (its control group) may take back. */
export const isSuspect = (evidence: readonly Evidence[]): boolean => evidence.some(({ id }) => id === 'kind.suspect');
