import type { ProcessFacts } from './process-facts.js';
import type { Os } from './types.js';

/** Reading a command line slot by slot: a value may hold newlines, quotes and words that look like flags, so nothing is ever searched in a joined line. */

/** A path in one spelling for comparison: without " (deleted)", and on Windows with slashes and lower case. Null stays null. */
export const plainPath = (os: Os, path: string | null): string | null => {
  if (path === null) return null;
  const kept = path.replace(/(?: \(deleted\))+$/, '');
  return os === 'win32' ? kept.replaceAll('\\', '/').toLowerCase() : kept;
};

/** What follows the last slash of a plain path. */
export const baseName = (plain: string): string => plain.slice(plain.lastIndexOf('/') + 1);

/** The program's own name in a slot or path: last part, on Windows folded and without ".exe". Empty for null. */
export const programName = (os: Os, path: string | null | undefined): string => {
  const name = baseName(plainPath(os, path ?? null) ?? '');
  return os === 'win32' ? name.replace(/\.exe$/, '') : name;
};

/** The slots that are the program's own: from `first` to the first bare `--`; what follows belongs to somebody else. */
export const ownSlots = (argv: readonly string[] | null, first = 1): readonly string[] => {
  const slots = (argv ?? []).slice(first);
  const end = slots.indexOf('--');
  return end === -1 ? slots : slots.slice(0, end);
};

/** Whether a flag has a slot of its own, as `--flag` or `--flag=value`. */
export const hasFlag = (slots: readonly string[], flag: string): boolean =>
  slots.some((slot) => slot === flag || (slot.startsWith(flag) && slot[flag.length] === '='));

/** Value of a flag, from `--flag=value` or the slot after it; null where there is none. */
export const flagValue = (slots: readonly string[], flag: string): string | null => {
  const at = slots.findIndex((slot) => slot === flag || (slot.startsWith(flag) && slot[flag.length] === '='));
  const slot = slots[at];
  if (slot === undefined) return null;
  return slot === flag ? (slots[at + 1] ?? null) : slot.slice(flag.length + 1);
};

export type Runtime = 'node' | 'bun' | 'deno';

/** Which JavaScript runtime a process is, by its executable, or by its names where the executable cannot be read. */
export const runtimeOf = (facts: ProcessFacts): Runtime | null => {
  const names =
    facts.exe === null
      ? [programName(facts.platform, facts.argv?.[0]), programName(facts.platform, facts.comm)]
      : [programName(facts.platform, facts.exe)];
  for (const name of names) {
    const word = /^(node|nodejs|bun|deno)(?:[-_]?\d[\d.]*)?$/.exec(name)?.[1];
    if (word !== undefined) return word === 'bun' || word === 'deno' ? word : 'node';
  }
  return null;
};

const EVALUATES = new Set(['-e', '--eval', '-p', '--print', '-pe', '-i', '--interactive', '-v', '--version', '-h', '--help']);
const TAKES_VALUE = new Set([
  ...['-r', '--require', '--import', '--loader', '--experimental-loader', '-C', '--conditions', '--title', '--env-file', '--input-type'],
  ...['--icu-data-dir', '--openssl-config', '--redirect-warnings', '--diagnostic-dir', '--preload', '--config', '-c', '--cwd'],
]);

/** Index of the script that a runtime runs, -1 where it runs none (a prompt, `-e`). Options before it are skipped with their values. */
export const scriptIndex = (argv: readonly string[], runtime: Runtime): number => {
  let at = runtime !== 'node' && (argv[1] === 'run' || argv[1] === 'x') ? 2 : 1;
  while (at < argv.length) {
    const slot = argv[at] ?? '';
    if (slot === '--') return at + 1 < argv.length ? at + 1 : -1;
    if (!slot.startsWith('-')) return slot === '' ? -1 : at;
    if (EVALUATES.has(slot)) return -1;
    at += TAKES_VALUE.has(slot) ? 2 : 1;
  }
  return -1;
};

const MCP_NAMES = [
  /^@modelcontextprotocol\/.+/,
  /^@[\w.-]+\/(?:mcp|mcp-.+|.+-mcp|.+-mcp-.+)$/,
  /^(?:mcp[-_]server|mcp[-_]remote|server[-_]mcp)(?:[-_].+)?$/,
  /^[\w.]+(?:[-_][\w.]+)*[-_]mcp(?:[-_]server)?$/,
  /^[\w.]+(?:[-_][\w.]+)*[-_]mcp[-_]server[-_].+$/,
];

/** The package name of an MCP server that an argv names (a package, its bin, its module), or null. A folder called "mcp" is none. */
export const mcpPackage = (os: Os, argv: readonly string[] | null): string | null => {
  if (argv === null) return null;
  // npx retitles itself: the whole command is one string in argv[0].
  const words = [...(argv[0]?.split(' ') ?? []), ...ownSlots(argv)];
  for (const word of words) {
    if (!/mcp|modelcontext/i.test(word) || word.startsWith('-') || word.length > 4096 || /\s/.test(word)) continue;
    const plain = plainPath(os, word) ?? '';
    const parts = plain.split('/');
    const inModules = plain.lastIndexOf('node_modules/');
    const installed = inModules === -1 ? [] : plain.slice(inModules + 13).split('/');
    const names = [plain, parts.at(-1) ?? '', installed[0] ?? '', installed.slice(0, 2).join('/')];
    for (const name of names) {
      const bare = name.replace(/(?<=.)@[^/@]*$/, '').replace(/\.(?:[cm]?js|py|exe|cmd)$/, '');
      if (MCP_NAMES.some((pattern) => pattern.test(bare))) return bare;
    }
  }
  return null;
};
