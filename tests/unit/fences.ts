/** One source file as the fences see it; `path` from the checkout's root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface Fence {
  readonly name: string;
  /** What crosses the fence in one file, "path:line message" each; empty = nothing. */
  readonly check: (file: SourceFile) => readonly string[];
  /** Files that must be caught, so that a fence that stopped working is noticed. */
  readonly bad: readonly SourceFile[];
  /** Files that must pass. */
  readonly good: readonly SourceFile[];
}

const MAX_LINES = 350;
// Put together here, so that this file does not name what it forbids.
const REGISTRIES = [
  ['registry', 'npmjs'],
  ['registry', 'yarnpkg'],
  ['npm', 'pkg', 'github'],
  ['registry', 'npmmirror'],
].map((parts) => parts.join('.'));

/** `runIf` is not among them: its condition is the reason. */
const SKIPPED = /\b(it|test|describe|suite)(\.\w+)*\.(skip|skipIf|todo|fails|only)\b/;
/** A comment, or words in brackets at the end of the test's name. */
const REASON = /\/\/\s*\S|\([^()]{8,}\)['"`]/;

const file = (path: string, text: string): SourceFile => ({ path, text });

/** Blanks comments, so that they may speak of what code must not do. By lines: a comment after code counts only where no quote follows it. */
const withoutComments = (text: string): string =>
  text
    .replace(/^\s*(\/\/|\/?\*).*$/gm, '')
    .replace(/(^|\s)\/\*.*?\*\//g, '$1')
    .replace(/(\s)\/\/[^'"`]*$/gm, '$1');

/** Lines of code; an import that runs over several stands whole on its first. */
const codeLines = (text: string): readonly string[] =>
  withoutComments(text)
    .replace(
      /^(?:import|export) [^;]*?;/gms,
      (statement) => `${statement.replaceAll('\n', ' ')}${'\n'.repeat(statement.split('\n').length - 1)}`,
    )
    .split('\n');

const isIn = (path: string, places: readonly string[]): boolean =>
  places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place));

interface Words {
  readonly within: readonly string[];
  readonly except?: readonly string[];
  readonly forbidden: RegExp;
  readonly message: string;
  readonly bad: Fence['bad'];
  readonly good: Fence['good'];
}

/** A fence around words: `forbidden` (one line of code at a time) may stand nowhere below `within`, except in `except`. */
const words = (name: string, { within, except = [], forbidden, message, bad, good }: Words): Fence => ({
  name,
  check: ({ path, text }) =>
    !isIn(path, within) || isIn(path, except)
      ? []
      : codeLines(text).flatMap((line, at) => (forbidden.test(line) ? [`${path}:${at + 1} ${message}: ${line.trim()}`] : [])),
  bad,
  good,
});

/** What a file imports, in whatever form: from, side effect, import(), require, export from. */
const importsOf = (text: string): readonly string[] =>
  [...withoutComments(text).matchAll(/(?<!['"`.\w-])(?:from\s*|import\s*\(?\s*|require(?:\.resolve)?\s*\(\s*)['"`]([^'"`\n]+)['"`]/g)].map(
    ([, name = '']) => name,
  );

const imports = (
  name: string,
  within: readonly string[],
  allowed: (specifier: string, path: string) => boolean,
  message: string,
  samples: Pick<Fence, 'bad' | 'good'>,
): Fence => ({
  name,
  check: ({ path, text }) =>
    isIn(path, within)
      ? importsOf(text)
          .filter((specifier) => !allowed(specifier, path))
          .map((specifier) => `${path} ${message}: ${specifier}`)
      : [],
  ...samples,
});

const ELECTRON_FILES = ['index', 'app', 'lifecycle', 'window', 'tray', 'notifications', 'ipc'].map((name) => `src/main/${name}.ts`);

export const FENCES: readonly Fence[] = [
  imports(
    'shared imports itself and zod, nothing else',
    ['src/shared/'],
    (specifier) => specifier.startsWith('./') || specifier === 'zod',
    'imports from outside src/shared',
    {
      bad: [
        file('src/shared/a.ts', "import { readFile } from 'node:fs';"),
        file('src/shared/a.ts', "export { x } from '../main/core.js';"),
        file('src/shared/a.ts', "import en from '../../resources/locales/en.json';"),
        file('src/shared/a.ts', "import type { App } from 'electron';"),
      ],
      good: [
        file('src/shared/a.ts', "// from 'node:fs'\nimport { z } from 'zod';\nimport type { B } from './b.js';"),
        file('src/main/a.ts', "import 'node:fs';"),
      ],
    },
  ),
  words('shared has no clock, chance or timers', {
    within: ['src/shared/'],
    forbidden:
      /\bDate\.now\b|\bnew Date\(|(?<!\.)\bDate\(\)|\bMath\.random\b|\bperformance\.now\b|\bset(Timeout|Interval|Immediate)\b|\bcrypto\./,
    message: 'reads a clock, chance or a timer',
    bad: ['Date.now()', 'new Date()', 'new Date(atMs)', 'Math.random()', 'setTimeout(f, 1)', 'setInterval(f, 1)', 'performance.now()'].map(
      (text) => file('src/shared/a.ts', `export const a = () => ${text};`),
    ),
    good: [
      file('src/shared/a.ts', '/** Never Date.now() here. */\nexport const takenAtMs = 1; // no setTimeout either'),
      file('src/main/a.ts', 'Date.now();'),
    ],
  }),
  imports(
    'the renderer is a web page',
    ['src/renderer/'],
    (specifier) => !/^(electron($|\/)|node:)|\/(main|cli|preload)\//.test(specifier),
    'imports what a page has no business with',
    {
      bad: [
        "import 'electron';",
        "import fs from 'node:fs';",
        "import { a } from '../main/core.js';",
        "const a = await import('../../cli/table.js');",
      ].map((text) => file('src/renderer/tabs/a.tsx', text)),
      good: [file('src/renderer/tabs/a.tsx', "import { a } from '../../shared/types.js';\nimport { Main } from '../parts/main-area.js';")],
    },
  ),
  words('ipcMain only in main/ipc.ts', {
    within: ['src/'],
    except: ['src/main/ipc.ts'],
    forbidden: /\bipcMain\b/,
    message: 'talks to the window past the contract',
    bad: [file('src/main/window.ts', "ipcMain.handle('x', f);")],
    good: [file('src/main/ipc.ts', "ipcMain.handle('x', f);"), file('src/main/window.ts', '// ipcMain')],
  }),
  words('ipcRenderer only in the preload', {
    within: ['src/'],
    except: ['src/preload/'],
    forbidden: /\bipcRenderer\b/,
    message: 'talks to main past the contract',
    bad: [file('src/renderer/store.ts', "ipcRenderer.send('x');")],
    good: [file('src/preload/index.ts', "ipcRenderer.invoke('x');")],
  }),
  imports(
    "electron only in main's entry and adapters and in the preload",
    ['src/'],
    (specifier, path) => !/^electron($|\/)/.test(specifier) || isIn(path, [...ELECTRON_FILES, 'src/preload/']),
    'imports electron, so the command line could not run in plain Node',
    {
      bad: [
        file('src/main/monitor.ts', "import { app } from 'electron';"),
        file('src/cli/run.ts', "require('electron');"),
        file('src/main/core.ts', "await import('electron/main');"),
      ],
      good: [
        file('src/main/window.ts', "import { BrowserWindow } from 'electron';"),
        file('src/main/logger.ts', "import log from 'electron-log/node';"),
      ],
    },
  ),
  {
    name: 'recharts only in chart files',
    check: ({ path, text }) =>
      path.startsWith('src/') && !/^src\/renderer\/parts\/\w+Chart\.tsx$/.test(path) && importsOf(text).includes('recharts')
        ? [`${path} draws charts outside of a chart file`]
        : [],
    bad: [file('src/renderer/tabs/AnalyticsTab.tsx', "import { Line } from 'recharts';"), file('src/main/a.ts', "import 'recharts';")],
    good: [file('src/renderer/parts/HistoryChart.tsx', "import { Line } from 'recharts';"), file('src/renderer/App.tsx', '// recharts')],
  },
  words('process.platform is asked in four files', {
    within: ['src/'],
    except: ['src/main/platform/index.ts', 'src/main/tray.ts', 'src/main/window.ts', 'src/main/elevate.ts'],
    forbidden:
      /\bprocess\s*(\?\.|\.)\s*platform\b|\bprocess\[['"]platform|\bos\.platform\(|\{[^}]*\bplatform\b[^}]*\}\s*=\s*process\b|\{[^}]*\bplatform\b[^}]*\}\s*from\s*['"](node:)?os['"]/,
    message: 'switches on the operating system',
    bad: [
      "if (process.platform === 'linux') f();",
      "import { homedir, platform } from 'node:os';",
      'const { platform } = process;',
      "process['platform']",
    ].map((text) => file('src/main/monitor.ts', text)),
    good: [
      file('src/main/platform/index.ts', 'process.platform'),
      file('src/main/monitor.ts', "import type { Platform } from './platform/index.js';\nplatform.read();"),
    ],
  }),
  words('process.kill only in platform/', {
    within: ['src/'],
    except: ['src/main/platform/'],
    forbidden: /\bprocess\s*(\?\.|\.)\s*kill\b|\bprocess\[['"]kill|\{[^}]*\bkill\b[^}]*\}\s*=\s*process\b|\b(pkill|killall|taskkill)\b/,
    message: 'signals past the one door',
    bad: ['process.kill(pid);', "process['kill'](pid);", 'const { kill } = process;', "execFile('pkill', ['claude']);"].map((text) =>
      file('src/main/actions.ts', text),
    ),
    good: [file('src/main/platform/posix.ts', 'process.kill(pid);'), file('src/main/actions.ts', 'platform.signal(target, intent);')],
  }),
  words('no shell is built from a string', {
    within: ['src/'],
    // macOS and Windows know no other way to ask for an administrator; only validated integers enter it.
    except: ['src/main/administrator-prompt.ts'],
    forbidden:
      /\bshell\s*:\s*(true|['"`](\/|(ba|z)?sh\b|cmd|powershell))|(?<![.\w])exec(Sync)?\s*\(|child_?process\.exec(Sync)?\b|\{[^}]*\bexec(Sync)?\b[^}]*\}\s*from\s*['"](node:)?child_process['"]/i,
    message: 'runs a shell',
    bad: [
      "spawn('ls', { shell: true });",
      "exec('ls');",
      "execSync('ls');",
      "import {\n  exec,\n  spawn,\n} from 'node:child_process';",
      "spawn('ls', { shell: '/bin/sh' });",
    ].map((text) => file('src/main/elevate.ts', text)),
    good: [
      file('src/main/elevate.ts', "import { execFile } from 'node:child_process';\nexecFile('/usr/bin/pkexec', []);\nPATTERN.exec(text);"),
    ],
  }),
  words('no code from strings, no markup from strings', {
    within: ['src/'],
    forbidden:
      /(?<![.\w])eval\(|\bnew Function\(|\bdangerouslySetInnerHTML\b|\.(inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\.write\b/,
    message: 'turns text into code or markup',
    bad: ['eval(text)', 'new Function(text)', '<p dangerouslySetInnerHTML={x} />', 'element.innerHTML = text'].map((text) =>
      file('src/renderer/App.tsx', text),
    ),
    good: [file('src/renderer/App.tsx', 'element.textContent = text;\nretrieval(text);')],
  }),
  words("Electron's protections stay on", {
    within: ['src/'],
    forbidden:
      /\bnodeIntegration\w*\s*:\s*true|\bcontextIsolation\s*:\s*false|\bwebSecurity\s*:\s*false|\bsandbox\s*:\s*false|\bwebviewTag\s*:\s*true|\ballowRunningInsecureContent\b|\bexperimentalFeatures\b|\benableBlinkFeatures\b|unsafe-(inline|eval|hashes)/,
    message: 'takes a protection away',
    bad: [
      'nodeIntegration: true',
      'nodeIntegrationInWorker: true',
      'contextIsolation: false',
      'webSecurity: false',
      'sandbox: false',
      'allowRunningInsecureContent: false',
      'experimentalFeatures: true',
      "style-src 'unsafe-inline'",
      "script-src 'unsafe-eval'",
    ].map((text) => file('src/main/window.ts', `const a = { ${text} };`)),
    good: [file('src/main/window.ts', 'const a = { nodeIntegration: false, contextIsolation: true, sandbox: true };')],
  }),
  words('systeminformation never lists processes', {
    within: ['src/'],
    forbidden:
      /\b(si|systeminformation|information)\.(processes|processLoad|services)\b|\{[^}]*\b(processes|processLoad|services)\b[^}]*\}\s*from\s*['"]systeminformation/,
    message: 'asks systeminformation for processes (it throws above some thousands and costs a second)',
    bad: ["import { mem, processes } from 'systeminformation';", 'await si.processes();'].map((text) =>
      file('src/main/platform/linux.ts', text),
    ),
    good: [file('src/main/platform/linux.ts', "import { mem } from 'systeminformation';\nsnapshot.processes.length;")],
  }),
  {
    name: `no file of src has more than ${MAX_LINES} lines`,
    check: ({ path, text }) => {
      const lines = text.replace(/\n$/, '').split('\n').length;
      return /^src\/.*\.tsx?$/.test(path) && lines > MAX_LINES ? [`${path} has ${lines} lines: does it still have one reason?`] : [];
    },
    bad: [file('src/main/a.ts', 'a\n'.repeat(MAX_LINES + 1))],
    good: [file('src/main/a.ts', 'a\n'.repeat(MAX_LINES)), file('tests/a.test.ts', 'a\n'.repeat(900))],
  },
  {
    name: 'a skipped test says why on its line',
    check: ({ path, text }) =>
      isIn(path, ['tests/']) && path !== 'tests/unit/fences.ts'
        ? text
            .split('\n')
            .flatMap((line, at) =>
              SKIPPED.test(line) && !REASON.test(line) ? [`${path}:${at + 1} skips without a reason: ${line.trim()}`] : [],
            )
        : [],
    bad: ["it.skip('x', f);", "describe.skip('x', f); //", "it.skipIf(isRoot)('x (y)', f);", "test.only('x', f);", "it.todo('x');"].map(
      (text) => file('tests/unit/a.test.ts', text),
    ),
    good: [
      file(
        'tests/unit/a.test.ts',
        "it('x', f);\nit.skipIf(!isRoot)('x', f); // only root may change a uid\ntest.skipIf(isRoot)('is denied (root may read everything)', f);",
      ),
    ],
  },
  {
    name: 'no file names a registry host',
    check: ({ path, text }) =>
      REGISTRIES.flatMap((host) =>
        text.includes(host) ? [`${path} names ${host}: which registry is used is the machine's business`] : [],
      ),
    bad: [
      file('package-lock.json', `"resolved": "https://${REGISTRIES[0]}.org/zod"`),
      file('.npmrc', `registry=https://${REGISTRIES[1]}.com`),
    ],
    good: [file('package-lock.json', '"integrity": "sha512-x"')],
  },
  {
    name: 'the lockfile lists every optional dependency',
    check: ({ path, text }) => {
      if (path !== 'package-lock.json') return [];
      const { packages }: { packages: Record<string, { optionalDependencies?: Record<string, string> }> } = JSON.parse(text);
      const present = new Set(Object.keys(packages).map((key) => key.replace(/^.*node_modules\//, '')));
      const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
      return wanted
        .filter((name) => !present.has(name))
        .map((name) => `${path} has no entry for ${name}: \`npm ci\` refuses it where the registry does not know that package`);
    },
    bad: [file('package-lock.json', '{"packages":{"node_modules/a":{"optionalDependencies":{"@a/darwin":"1"}}}}')],
    good: [
      file('package-lock.json', '{"packages":{"node_modules/a":{"optionalDependencies":{"@a/darwin":"1"}},"node_modules/@a/darwin":{}}}'),
    ],
  },
];
