import { baseName, ownSlots, plainPath, programName, runtimeOf, scriptIndex } from './argv-slots.js';
import type { ProcessFacts } from './process-facts.js';

/** How an engine came to the machine, as its path tells (claude-processes.md 1.1). */
export type Install = 'native' | 'npm' | 'homebrew' | 'package' | 'nix' | 'winget' | 'ide' | 'desktop' | 'sdk' | 'js' | 'record';

export interface Engine {
  readonly install: Install;
  /** What proves it: a path, or a name where a record vouches. */
  readonly proof: string;
  /** The engine's own slots, before a bare `--`; texts for the model are blanked, so that a prompt can never be a flag. */
  readonly slots: readonly string[];
}

/** Paths as `plainPath` spells them: on Windows in lower case. The first that fits wins: a Desktop-managed engine is no native one. */
const SHAPES: readonly (readonly [Install, RegExp])[] = [
  ['ide', /\/extensions\/anthropic\.claude-code-[^/]+\/(?:.+\/)?claude(?:\.exe)?$/],
  [
    'desktop',
    /\/(?:Application Support|roaming|\.config)\/[Cc]laude(?:-3p)?\/claude-code(?:-vm)?\/[^/]+\/(?:claude\.app\/Contents\/MacOS\/)?claude(?:\.exe)?$/,
  ],
  ['sdk', /\/@anthropic-ai\/\.?claude-agent-sdk-[^/]+\/(?:bin\/)?claude(?:\.exe)?$/],
  ['sdk', /\/claude_(?:agent|code)_sdk\/_bundled\/claude(?:\.exe)?$/],
  ['native', /(?:^|\/)claude\/versions\/\d+\.\d+\.\d+[^/]*(?:\/claude(?:\.exe)?)?$/],
  ['native', /\/\.local\/bin\/claude(?:\.exe(?:\.old\.\d+)?)?$/],
  ['native', /\/ClaudeCode\.app\/Contents\/MacOS\/claude$/],
  ['native', /\/\.claude\/downloads\/claude-\d[^/]*$/],
  // While npm replaces a package its old folder is called ".claude-code-<random>".
  ['npm', /\/@anthropic-ai\/\.?claude-code(?:-[^/]+)?\/(?:bin\/)?claude(?:\.exe)?$/],
  ['homebrew', /\/(?:Caskroom|Cellar)\/claude-code(?:@[^/]+)?\/[^/]+\/(?:.+\/)?claude$/],
  ['homebrew', /\/(?:homebrew|\.linuxbrew)\/bin\/claude$/],
  ['package', /^\/usr\/bin\/claude$/],
  ['package', /^\/(?:usr\/(?:lib|lib64|libexec|share)|opt)\/claude-code\/(?:bin\/)?claude$/],
  ['nix', /^\/nix\/store\/[^/]*-claude-code(?:-[^/]*)?\/(?:.+\/)?(?:claude|\.claude-(?:un)?wrapped_*)$/],
  ['winget', /\/winget\/packages\/anthropic\.claudecode[^/]*\/(?:.+\/)?claude(?:\.exe)?$/],
  ['winget', /\/winget\/links\/claude\.exe$/],
];

const SCRIPTS: readonly (readonly [Install, RegExp])[] = [
  ['js', /(?:^|\/)@anthropic-ai\/\.?claude-code(?:-[^/]+)?\/cli\.m?js$/],
  ['sdk', /(?:^|\/)claude-agent-sdk\/cli\.m?js$/],
  ['ide', /\/extensions\/anthropic\.claude-code-[^/]+\/(?:.+\/)?cli\.m?js$/],
];

const shapeOf = (table: readonly (readonly [Install, RegExp])[], path: string): Install | null =>
  path.length > 4096 || !/claude/i.test(path) ? null : (table.find(([, pattern]) => pattern.test(path))?.[0] ?? null);

/** Whether a path is where an engine installs itself; the path in `plainPath` spelling. */
export const isEnginePath = (path: string): boolean => shapeOf(SHAPES, path) !== null;

/** Whether a name is one that the engine goes by. A name alone proves nothing. */
export const isClaudeName = (name: string): boolean => /^(?:claude(?:\.exe)?|\.claude-(?:un)?wrapped_*)$/.test(name);

/** A version number, as the kernel names an engine that was run by its resolved path. */
export const isVersionName = (name: string): boolean => /^\d+\.\d+\.\d+(?:[-+.][\w.]+)?$/.test(name);

/** Their value is a required text for the model or a document: whatever it looks like, it is no flag. */
export const TEXT_OPTIONS: ReadonlySet<string> = new Set([
  ...['--append-system-prompt', '--system-prompt', '--append-system-prompt-file', '--system-prompt-file'],
  ...['--settings', '--agents', '--json-schema', '--name', '-n', '--spawned-by'],
]);

/** Sub-commands that do one thing and end, or only show something (claude-processes.md 1.4). */
export const UTILITY_COMMANDS: ReadonlySet<string> = new Set([
  ...['doctor', 'update', 'upgrade', 'install', 'mcp', 'agents', 'attach', 'logs', 'stop', 'respawn', 'rm', 'daemon'],
  ...['config', 'plugin', 'plugins', 'auth', 'setup-token', 'migrate-installer', 'auto-mode', 'completion', 'project'],
]);
/** Sub-commands that serve for long on purpose. */
export const SERVER_COMMANDS: ReadonlySet<string> = new Set(['remote-control', 'rc', 'self-hosted-runner']);

const engineSlots = (argv: readonly string[] | null, first: number): readonly string[] => {
  // The value is blanked before the search for `--`, which may be such a value too.
  const blanked = (argv ?? []).map((slot, at, all) => (at > first && TEXT_OPTIONS.has(all[at - 1] ?? '') ? '' : slot));
  return ownSlots(blanked, first);
};

const names = (facts: ProcessFacts, isRuntime: boolean): readonly string[] => {
  const { platform, exe, comm, argv } = facts;
  if (exe !== null && !isRuntime) return [programName(platform, exe)];
  return exe === null ? [comm ?? '', programName(platform, argv?.[0])] : [comm ?? ''];
};

/**
 * Whether a process runs the engine, and what proves it: an install path, a runtime with the engine's script, the JavaScript
 * build's rewritten title, or a verified record that vouches for a name. Null = nothing proves it.
 */
export const engineOf = (facts: ProcessFacts): Engine | null => {
  const { platform, argv } = facts;
  const exe = plainPath(platform, facts.exe);
  const install = exe === null ? null : shapeOf(SHAPES, exe);
  if (exe !== null && install !== null) return { install, proof: exe, slots: engineSlots(argv, 1) };

  const runtime = runtimeOf(facts);
  // An extension's older JavaScript engine runs in the editor's own Electron.
  const runsScripts = runtime !== null || (exe !== null && /helper \(plugin\)$/i.test(baseName(exe)));
  if (runsScripts && argv !== null) {
    const at = scriptIndex(argv, runtime ?? 'node');
    const script = plainPath(platform, argv[at] ?? null);
    const kind = script === null ? null : shapeOf(SCRIPTS, script);
    if (script !== null && kind !== null) return { install: kind, proof: script, slots: engineSlots(argv, at + 1) };
    // process.title = "claude" wipes the arguments. The kernel's name follows it on Linux, not on macOS.
    const retitled = argv[0] === 'claude' && argv.slice(1).every((slot) => slot === '');
    const called = facts.comm === 'claude' || (platform === 'darwin' && facts.comm !== null);
    if (retitled && called && exe !== null) return { install: 'js', proof: 'claude', slots: [] };
  }

  // A record of this very process vouches for a name, where the path is unknown or cannot be read.
  if (facts.registry?.procStartMatches === true) {
    const name = names(facts, runtime !== null).find((word) => isClaudeName(word) || (exe === null && isVersionName(word)));
    if (name !== undefined) return { install: 'record', proof: name, slots: engineSlots(argv, 1) };
  }
  return null;
};

/** Names under which the engine's binary is another tool altogether. */
const TOOLS = new Set(['rg', 'ugrep', 'bfs', 'apply-seccomp']);

/** The tool that an engine's binary is, by argv[0]; null = it is the engine itself. */
export const embeddedTool = (facts: ProcessFacts): string | null => {
  const name = programName(facts.platform, facts.argv?.[0]);
  return TOOLS.has(name) ? name : null;
};
