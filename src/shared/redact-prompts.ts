import { isClaudeName, SERVER_COMMANDS, TEXT_OPTIONS, UTILITY_COMMANDS } from './engine.js';
import { HIDDEN } from './redact-secrets.js';

/** What people write to a model is nobody else's business: an engine's arguments without prompts and documents. */

/** Options whose value says what the process is, and is a word, a path or an id. Every other value may be a prompt. */
const PLAIN_OPTIONS = new Set([
  ...['--model', '--fallback-model', '--effort', '--output-format', '--input-format', '--permission-mode', '--permission-prompt-tool'],
  ...['--session-id', '--agent', '--agent-id', '--agent-name', '--agent-type', '--agent-color', '--team-name', '--parent-session-id'],
  ...['--setting-sources', '--settings', '--mcp-config', '--add-dir', '--plugin-dir', '--max-turns', '--max-thinking-tokens'],
  ...['--max-budget-usd', '--allowedTools', '--allowed-tools', '--disallowedTools', '--disallowed-tools', '--tools', '--betas'],
  ...['--name', '-n', '--origin', '--bg-pty-host', '--bg-spare', '--debug-file', '--teammate-mode'],
]);
const PLAIN_VALUE = /^[^\s{}[\]"']{1,300}$/;
const RESUME = /^(?:-r|--resume|--fork-session|--from-pr)$/;
const SESSION = /^[0-9a-f]{8}[0-9a-f-]{0,40}$|\.jsonl$/;
const OPTION = /^--?[A-Za-z][\w-]*$/;

const LAUNCHERS =
  /^(?:nohup|timeout|env|sudo|doas|nice|ionice|setsid|stdbuf|script|npx|bunx|node|nodejs|bun|deno|cmd|xargs|time|strace|caffeinate|disclaimer|unbuffer|systemd-run|exec)$/;

const lastPart = (slot: string): string => slot.slice(Math.max(slot.lastIndexOf('/'), slot.lastIndexOf('\\')) + 1);

const isEngine = (slot: string): boolean =>
  isClaudeName(lastPart(slot).toLowerCase()) ||
  /^claude bg-/.test(slot) ||
  /[\\/]claude[\\/]versions[\\/]\d[^\\/]*$/i.test(slot) ||
  /(?:^|[\\/])claude-(?:code|agent-sdk)[\\/]cli\.m?js$/i.test(slot);

/** Where the engine stands: first, or behind what starts other programs; -1 = nowhere. */
const engineAt = (argv: readonly string[]): number => {
  const launcher = LAUNCHERS.test(lastPart(argv[0] ?? '').replace(/\.exe$/i, ''));
  return argv.findIndex((slot, at) => (at === 0 || launcher || argv[at - 1] === '--') && isEngine(slot));
};

const redactArguments = (slots: readonly string[]): string[] => {
  const first = slots[0] ?? '';
  if (UTILITY_COMMANDS.has(first) || SERVER_COMMANDS.has(first)) return [...slots];
  const end = slots.findIndex((slot, at) => slot === '--' && !TEXT_OPTIONS.has(slots[at - 1] ?? ''));
  const own = end === -1 ? slots : slots.slice(0, end);
  const kept = own.map((slot, at) => {
    const before = at === 0 ? '' : (slots[at - 1] ?? '');
    if (PLAIN_OPTIONS.has(before)) return PLAIN_VALUE.test(slot) ? slot : HIDDEN;
    if (RESUME.test(before)) return SESSION.test(slot) || OPTION.test(slot) ? slot : HIDDEN;
    if (OPTION.test(slot)) return /prompt$/.test(before) ? HIDDEN : slot;
    const option = /^(--?[A-Za-z][\w-]*)=(.*)$/s.exec(slot);
    if (option?.[1] !== undefined) {
      return PLAIN_OPTIONS.has(option[1]) && PLAIN_VALUE.test(option[2] ?? '') ? slot : `${option[1]}=${HIDDEN}`;
    }
    return slot === '' || /^\d{1,6}$/.test(slot) ? slot : HIDDEN;
  });
  if (end === -1) return kept;
  const rest = slots.slice(end + 1);
  return [...kept, '--', ...(isEngine(rest[0] ?? '') ? redactEngineArgv(rest) : rest.map(() => HIDDEN))];
};

/** Arguments of an engine, or of what starts one, with prompts and documents hidden; others as they are. Slots keep their number. */
export const redactEngineArgv = (argv: readonly string[]): readonly string[] => {
  const at = engineAt(argv);
  return at === -1 ? argv : [...argv.slice(0, at + 1), ...redactArguments(argv.slice(at + 1))];
};
