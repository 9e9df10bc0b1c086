import type { SessionStatus } from '../../shared/types.js';

/** Who plays in the demo: invented people and their sessions. Minutes and megabytes, so that the table can be read. */

export type Role = 'cli' | 'headless' | 'ide' | 'sdk' | 'background' | 'teammate' | 'orphan-ide' | 'lost-cli';

/** A server, a tool's shell or a hook below a session. `everyS` and `forS`: it comes again every so many seconds and stays for so many. */
export interface Helper {
  readonly role: 'mcp' | 'shell' | 'hook' | 'spare';
  readonly runs: string;
  readonly mb: number;
  readonly cpu?: number;
  readonly everyS?: number;
  readonly forS?: number;
}

export interface Scene {
  readonly user: string;
  readonly role: Role;
  readonly name: string;
  readonly folder: string;
  readonly mb: number;
  readonly growsMbPerHour?: number;
  readonly cpu: number;
  readonly ageMin: number;
  /** "cycle": works, then waits for its user, again and again. */
  readonly status: SessionStatus | 'cycle' | null;
  /** Minutes since the status began. */
  readonly sinceMin?: number;
  /** It comes and goes: every so many seconds, for so many. */
  readonly everyS?: number;
  readonly forS?: number;
  /** It does not end when it is asked to. */
  readonly stubborn?: true;
  readonly helpers?: readonly Helper[];
}

/** Left by sessions that are gone. */
export interface Stray extends Helper {
  readonly user: string;
  readonly ageMin: number;
  /** Something still listens on it: only possibly left over. */
  readonly listening?: true;
}

export const DEMO_USERS: readonly { readonly name: string; readonly uid: number }[] = [
  { name: 'marina', uid: 1000 },
  { name: 'rafael', uid: 1001 },
  { name: 'dkim', uid: 1002 },
  { name: 'ana', uid: 1003 },
  { name: 'joao', uid: 1004 },
  { name: 'svc-build', uid: 1005 },
];

const mcp = (runs: string, mb: number, cpu = 0.2): Helper => ({ role: 'mcp', runs, mb, cpu });
const shell = (runs: string, mb: number, cpu: number, everyS?: number, forS?: number): Helper => ({
  ...{ role: 'shell', runs, mb, cpu },
  ...(everyS === undefined || forS === undefined ? {} : { everyS, forS }),
});
const FILES = mcp('@modelcontextprotocol/server-filesystem', 72);
const GITHUB = mcp('@modelcontextprotocol/server-github', 96);
const POSTGRES = mcp('@modelcontextprotocol/server-postgres', 84, 0.6);
const MEMORY = mcp('@modelcontextprotocol/server-memory', 61);
const PLAYWRIGHT = mcp('playwright-mcp-server', 212, 1.4);
const CONTEXT = mcp('@upstash/context7-mcp', 78);

type Sizes = readonly [mb: number, cpu: number, ageMin: number];
type Stands = readonly [status: Scene['status'], sinceMin: number];

const play = (
  user: string,
  role: Role,
  name: string,
  folder: string,
  [mb, cpu, ageMin]: Sizes,
  [status, sinceMin]: Stands,
  helpers: readonly Helper[],
  more: Partial<Scene> = {},
): Scene => ({ user, role, name, folder, mb, cpu, ageMin, status, sinceMin, helpers, ...more });

export const SCENES: readonly Scene[] = [
  play(
    'rafael',
    'cli',
    'billing-api',
    'src/billing-api',
    [3900, 62, 312],
    ['busy', 3],
    [shell('pytest tests/ -x -q', 318, 84, 75, 40), GITHUB, POSTGRES],
    { growsMbPerHour: 1400 },
  ),
  play('rafael', 'cli', 'infra-terraform', 'infra', [441, 0.4, 151], ['waiting', 18], [FILES]),
  play('rafael', 'ide', 'checkout-web', 'src/checkout-web', [612, 14, 96], ['cycle', 0], [GITHUB, PLAYWRIGHT]),
  play('rafael', 'cli', 'search-index', 'src/search', [1180, 3, 640], ['idle', 214], [POSTGRES]),
  play('rafael', 'headless', 'release-notes', 'src/web', [286, 38, 0], ['busy', 0], [], { everyS: 150, forS: 70 }),
  play('rafael', 'cli', 'load-test', 'src/load-test', [355, 7, 42], ['shell', 6], [shell('k6 run soak.js', 190, 55)]),
  play(
    'marina',
    'cli',
    'design-tokens',
    'code/design-tokens',
    [585, 21, 108],
    ['cycle', 0],
    [shell('npm run test', 420, 96, 60, 28), PLAYWRIGHT, FILES],
  ),
  play('marina', 'ide', 'notes', 'notes', [398, 0.3, 720], ['idle', 190], [MEMORY]),
  play('marina', 'cli', 'api-gateway', 'code/api-gateway', [640, 33, 24], ['busy', 1], [GITHUB, POSTGRES, CONTEXT]),
  play('marina', 'background', 'migrate-auth', 'code/auth', [602, 41, 52], ['busy', 52], [shell('node build.mjs', 133, 22)]),
  play('marina', 'background', 'review-pr-812', 'code/web', [322, 0.2, 79], ['idle', 31], []),
  play('marina', 'orphan-ide', 'site-v2', 'code/site-v2', [604, 0.1, 1570], ['idle', 1500], []),
  play('marina', 'lost-cli', 'spike-cache', 'code/spike-cache', [310, 0.1, 940], ['idle', 880], []),
  play('marina', 'cli', 'changelog', 'code/changelog', [274, 0.2, 36], ['waiting', 11], [], { stubborn: true }),
  play('marina', 'cli', 'old-forecast', 'code/old-forecast', [512, 0.1, 1610], ['idle', 700], [FILES, MEMORY]),
  play('dkim', 'cli', 'forecast', 'forecast', [1640, 0.3, 4560], ['idle', 4140], [GITHUB, FILES, MEMORY]),
  play('dkim', 'ide', 'forecast-dash', 'forecast-dash', [377, 4, 362], ['idle', 47], [shell('npm run dev', 161, 3)]),
  play('dkim', 'cli', 'paper-figures', 'paper', [417, 9, 44], [null, 0], [CONTEXT]),
  play('dkim', 'headless', 'etl-nightly', 'etl', [500, 64, 22], ['busy', 22], [shell('python load.py', 288, 71)]),
  play('dkim', 'cli', 'notebook-qa', 'notebooks', [702, 17, 128], ['busy', 9], [POSTGRES], { growsMbPerHour: 180 }),
  play('ana', 'ide', 'mobile-app', 'mobile', [688, 12, 205], ['cycle', 0], [PLAYWRIGHT, GITHUB]),
  play('ana', 'ide', 'mobile-app-tests', 'mobile', [451, 2, 190], ['idle', 65], [PLAYWRIGHT]),
  play('ana', 'cli', 'translations', 'mobile/i18n', [263, 18, 12], ['busy', 2], []),
  play('ana', 'teammate', 'reviewer', 'mobile', [334, 8, 33], ['busy', 4], []),
  play('joao', 'cli', 'router-rewrite', 'work/router', [540, 26, 87], ['busy', 5], [shell('cargo build', 610, 180, 110, 45), FILES]),
  play('joao', 'cli', 'docs', 'work/docs', [248, 0.2, 410], ['idle', 260], [CONTEXT]),
  play('joao', 'cli', 'bench', 'work/bench', [301, 5, 58], ['waiting', 26], []),
  play('svc-build', 'sdk', 'triage-worker-1', 'triage', [289, 17, 830], ['busy', 1], [GITHUB]),
  play('svc-build', 'sdk', 'triage-worker-2', 'triage', [302, 11, 830], ['cycle', 0], [GITHUB]),
  play('svc-build', 'sdk', 'triage-worker-3', 'triage', [271, 0.1, 830], ['idle', 35], [GITHUB]),
  play('svc-build', 'headless', 'nightly-audit', 'audit', [318, 29, 0], ['busy', 0], [], { everyS: 240, forS: 160 }),
];

export const STRAYS: readonly Stray[] = [
  { ...shell('npm run dev:watch', 341, 96), user: 'marina', ageMin: 313 },
  { ...POSTGRES, mb: 212, user: 'marina', ageMin: 314 },
  { ...GITHUB, mb: 118, user: 'marina', ageMin: 314 },
  { ...shell('vite --port 5173', 288, 2), user: 'marina', ageMin: 1480, listening: true },
  { ...PLAYWRIGHT, mb: 246, user: 'rafael', ageMin: 702 },
  { ...FILES, user: 'dkim', ageMin: 4600 },
];
