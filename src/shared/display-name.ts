import type { Judgement } from './judge.js';
import { cleanText, redactArgv } from './redact.js';
import { redactText } from './redact-secrets.js';
import type { StaticFacts } from './types.js';
import { SESSION_KINDS } from './types.js';

const MAX_NAME = 80;

const baseName = (path: string): string =>
  path
    .replace(/[/\\]+$/, '')
    .split(/[/\\]/)
    .at(-1) ?? path;

/** The command that a tool shell runs: what stands in `eval '…'` behind the snapshot that it sources. */
const toolCommand = (script: string): string | null => {
  const found = /\beval '((?:[^']|'\\'')*)'/.exec(script) ?? /\beval "([^"]*)"/.exec(script);
  return found?.[1] === undefined ? null : found[1].replaceAll("'\\''", "'");
};

const RUNNERS = new Set([
  'node',
  'bun',
  'deno',
  'python',
  'python3',
  'npx',
  'npm',
  'uv',
  'uvx',
  'bunx',
  'pnpm',
  'exec',
  'run',
  'tool',
  'dlx',
  'x',
  'docker',
  'sh',
  'bash',
  'dash',
  'zsh',
]);

/** A server's own name out of its command: the first word that is neither a runner nor an option, without scope and ending. */
const serverName = (argv: readonly string[]): string | null => {
  // npx retitles itself: the whole command is then one argument.
  const words = argv.length === 1 ? (argv[0] ?? '').split(' ') : argv;
  for (const word of words) {
    const name = baseName(word).replace(/\.(c|m)?[jt]s$|\.py$/, '');
    if (name === '' || word.startsWith('-') || RUNNERS.has(name)) continue;
    if (['index', 'main', 'server', 'cli', 'dist'].includes(name)) {
      // …/mcp-server-time/dist/index.js: the folder tells more than the file.
      const folders = word
        .split(/[/\\]/)
        .slice(0, -1)
        .filter((part) => !['dist', 'build', 'src', 'lib', 'bin', ''].includes(part));
      const folder = folders.at(-1);
      if (folder !== undefined) return folder;
    }
    return name;
  }
  return null;
};

/** The kernel calls these by the version of their file ("2.1.330"), which says nothing: their command does. */
const INFRASTRUCTURE: Partial<Record<Judgement['kind'], string>> = {
  daemon: 'claude daemon',
  'bg-pty-host': 'claude bg-pty-host',
  'bg-spare': 'claude bg-spare',
  'remote-control': 'claude remote-control',
  'mcp-serve': 'claude mcp serve',
  'chrome-native-host': 'chrome-native-host',
};

const nameOf = (j: Judgement): string | null => {
  if ((SESSION_KINDS as readonly string[]).includes(j.kind)) {
    if (j.record?.name) return j.record.name;
    const dir = j.record?.cwd ?? j.raw.cwd;
    return dir === null ? null : baseName(dir) || dir;
  }
  const argv = redactArgv(j.raw.facts.argv ?? []);
  switch (j.kind) {
    case 'tool-shell':
      return redactText(toolCommand(j.raw.facts.argv?.at(-1) ?? '') ?? '');
    case 'mcp-server':
    case 'acp-adapter':
      return serverName(argv);
    case 'cli-utility':
      return ['claude', ...argv.slice(1, 3)].join(' ');
    case 'hook':
      return argv.at(-1) ?? null;
    case 'tool-child':
    case 'api-client':
      return argv.length > 0 ? [baseName(argv[0] ?? ''), ...argv.slice(1)].join(' ') : null;
    default:
      return INFRASTRUCTURE[j.kind] ?? null;
  }
};

const cleanName = (j: Judgement): string => {
  const text = cleanText(nameOf(j) ?? '', MAX_NAME).trim();
  if (text !== '') return text;
  return cleanText(j.raw.facts.comm ?? '', MAX_NAME).trim() || String(j.raw.key.pid);
};

interface Named extends Pick<Judgement, 'kind'> {
  readonly dir: string | null;
  readonly called: string | null;
  readonly pid: number;
  readonly name: string;
}
const names = new WeakMap<StaticFacts, Named>();

/** A short name for people, one clean line, never empty: the session's, its folder's, or what the process runs. Made anew only when one of these changed. */
export const displayName = (j: Judgement): string => {
  const { kind, raw, record } = j;
  const dir = record?.cwd ?? raw.cwd;
  const called = record?.name ?? null;
  const known = names.get(raw.facts);
  if (known?.kind === kind && known.dir === dir && known.called === called && known.pid === raw.key.pid) return known.name;
  const name = cleanName(j);
  names.set(raw.facts, { kind, dir, called, pid: raw.key.pid, name });
  return name;
};
