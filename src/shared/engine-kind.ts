import { flagValue, hasFlag } from './argv-slots.js';
import { type Engine, embeddedTool, engineOf, SERVER_COMMANDS, UTILITY_COMMANDS } from './engine.js';
import { trueParent } from './family.js';
import type { ProcessFacts } from './process-facts.js';
import { cleanText } from './redact.js';
import type { Evidence, Kind, Verdict } from './types.js';

const ANSWERS = new Set(['--version', '-v', '--help', '-h', 'help']);

const because = (id: string, values?: Evidence['values']): Evidence => ({ id: `kind.${id}`, weight: 'for', ...(values && { values }) });

type Ground = readonly [Kind, Evidence];
const flag = (kind: Kind, slot: string): Ground => [kind, because('option', { option: slot })];

/** R3 and R4: what is no session, by slots of its own. */
const infrastructure = (slots: readonly string[], facts: ProcessFacts): Ground | null => {
  const [first = '', second = ''] = slots;
  if (first === 'daemon' && second === 'run') return ['daemon', because('command', { command: 'daemon run' })];
  // The host's own command line ends in the one that it hosts: ask for the host first.
  if (hasFlag(slots, '--bg-pty-host')) return flag('bg-pty-host', '--bg-pty-host');
  // A spare that was claimed keeps its command line; its own record says that it is a session by now (seen in 2.1.197).
  const claimed = facts.registry?.procStartMatches === true && facts.registry.kind === 'bg';
  if (hasFlag(slots, '--bg-spare')) return claimed ? ['bg-session', because('recordSaysBackground')] : flag('bg-spare', '--bg-spare');
  if (hasFlag(slots, '--chrome-native-host')) return flag('chrome-native-host', '--chrome-native-host');
  if (hasFlag(slots, '--claude-in-chrome-mcp')) return flag('mcp-server', '--claude-in-chrome-mcp');
  if (first === 'mcp' && second === 'serve') return ['mcp-serve', because('command', { command: 'mcp serve' })];
  if (SERVER_COMMANDS.has(first)) return ['remote-control', because('command', { command: first })];
  if (UTILITY_COMMANDS.has(first) || ANSWERS.has(first)) return ['cli-utility', because('command', { command: first })];
  if (hasFlag(slots, '--handle-uri')) return flag('cli-utility', '--handle-uri');
  return null;
};

const isPrint = (slot: string): boolean => slot === '--print' || /^-c?pc?$/.test(slot);

/** R5 and R6: which session it is. A record is heard only if it is of this very process. */
const session = (engine: Engine, facts: ProcessFacts): Ground => {
  const { slots, install } = engine;
  const record = facts.registry?.procStartMatches === true ? facts.registry : null;
  const entrypoint = record?.entrypoint ?? '';
  const entered = because('entrypoint', { entrypoint: cleanText(entrypoint, 80) });
  if (hasFlag(slots, '--agent-id') && (hasFlag(slots, '--team-name') || hasFlag(slots, '--parent-session-id')))
    return flag('teammate', '--agent-id');
  if (trueParent(facts)?.kind === 'bg-pty-host') return ['bg-session', because('parentIsPtyHost', { pid: facts.ppid ?? 0 })];
  if (record?.kind === 'bg') return ['bg-session', because('recordSaysBackground')];
  if (install === 'ide') return ['ide-session', because('extension')];
  if (entrypoint === 'claude-vscode') return ['ide-session', entered];
  if (install === 'desktop') return ['desktop-session', because('desktopManaged')];
  if (entrypoint.startsWith('claude-desktop')) return ['desktop-session', entered];
  if (install === 'sdk') return ['sdk-worker', because('sdk')];
  if (entrypoint === 'sdk-ts' || entrypoint === 'sdk-py') return ['sdk-worker', entered];
  if (flagValue(slots, '--input-format') === 'stream-json') return flag('sdk-worker', '--input-format stream-json');
  if (slots.some(isPrint)) return flag('cli-headless', '-p');
  if (entrypoint === 'sdk-cli') return ['cli-headless', entered];
  return ['cli-session', because('interactive')];
};

/** R2 to R6: the kind of a process that runs the engine, or null where it runs none. */
export const classifyEngine = (facts: ProcessFacts): Verdict<Kind> | null => {
  const engine = engineOf(facts);
  if (engine === null) return null;
  const proof = because(`install.${engine.install}`, { path: cleanText(engine.proof, 200) });
  const tool = embeddedTool(facts);
  if (tool !== null) return { value: 'tool-child', evidence: [proof, because('embeddedTool', { name: tool })] };
  const [value, ground] = infrastructure(engine.slots, facts) ?? session(engine, facts);
  return { value, evidence: [proof, ground] };
};
