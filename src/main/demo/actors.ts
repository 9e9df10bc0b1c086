import type { CandidateFacts, Marks, SessionStatus, StaticFacts } from '../../shared/types.js';
import type { Helper, Scene } from './cast.js';
import { DEMO_USERS, SCENES, STRAYS } from './cast.js';
import { createChance, hex } from './chance.js';

const MB = 1024 * 1024;
const MINUTE_MS = 60_000;
/** No system hands out a pid above 4,194,304 (Linux) or 99,998 (macOS): a pid of the demo is nobody's, wherever it may be pasted. */
export const FIRST_DEMO_PID = 5_000_000;
const VERSION = '2.1.330';

/** What a session's record says of it. */
export interface ActorRecord {
  readonly sessionId: string;
  readonly kind: 'interactive' | 'bg';
  readonly entrypoint: string;
  readonly name: string;
  readonly jobId: string | null;
  readonly status: SessionStatus | 'cycle' | null;
  readonly sinceMs: number;
  readonly configDir: string;
}

/** One invented process. Times are relative to the demo's beginning. */
export interface Actor {
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  readonly user: string;
  readonly facts: StaticFacts;
  readonly tty: string;
  readonly cwd: string;
  readonly pgid: number;
  /** Negative = before the demo began. */
  readonly startedMs: number;
  readonly memoryBytes: number;
  readonly growsBytesPerHour: number;
  /** One core = 100. */
  readonly cpuPercent: number;
  readonly record: ActorRecord | null;
  readonly candidate: CandidateFacts;
  /** The session's pid that it belongs to and ends with. */
  readonly owner: number | null;
  /** Not null: it is there for `forMs` of every `everyMs`. */
  readonly comesAndGoes: { readonly everyMs: number; readonly forMs: number } | null;
  readonly stubborn: boolean;
}

const NO_MARKS: Marks = {};

const uuid = (chance: () => number): string => [8, 4, 4, 4, 12].map((digits) => hex(chance, digits)).join('-');

const candidate = (uid: number, more: Partial<CandidateFacts> = {}): CandidateFacts => ({
  ...{ cgroup: `/user.slice/user-${uid}.slice/session-${uid - 995}.scope`, fd0: 'socket:[48112]' },
  ...{ listening: false, ptyHolder: false, sameNamespace: true, ...more },
});

const engineAt = (home: string): string => `${home}/.local/share/claude/versions/${VERSION}`;

const STREAM = ['--output-format', 'stream-json', '--verbose', '--input-format', 'stream-json', '--permission-prompt-tool', 'stdio'];

interface Body {
  readonly exe: string;
  readonly argv: readonly string[];
  readonly comm: string;
  readonly entrypoint: string;
  readonly hasTerminal: boolean;
}

const bodyOf = (scene: Scene, home: string, sessionId: string): Body => {
  const engine = engineAt(home);
  const own = { exe: engine, argv: ['claude'], comm: 'claude', entrypoint: 'cli', hasTerminal: true };
  switch (scene.role) {
    case 'ide':
    case 'orphan-ide': {
      const exe = `${home}/.vscode-server/extensions/anthropic.claude-code-${VERSION}-linux-x64/resources/native-binary/claude`;
      return { ...own, exe, argv: [exe, ...STREAM], entrypoint: 'claude-vscode', hasTerminal: false };
    }
    case 'sdk': {
      const exe = `/srv/triage/node_modules/@anthropic-ai/claude-agent-sdk-linux-x64/claude`;
      return { ...own, exe, argv: [exe, ...STREAM], entrypoint: 'sdk-ts', hasTerminal: false };
    }
    case 'headless':
      return { ...own, argv: ['claude', '-p', '--output-format', 'json'], entrypoint: 'sdk-cli', hasTerminal: false };
    case 'background':
      return { ...own, argv: [engine, '--session-id', sessionId, '--name', scene.name], comm: VERSION };
    case 'teammate': {
      const flags = ['--agent-id', `${scene.name}@mobile`, '--agent-name', scene.name, '--team-name', 'mobile'];
      return { ...own, argv: [engine, ...flags], comm: VERSION };
    }
    default:
      return own;
  }
};

/** Builds the whole cast, the same for the same seed. */
export const createActors = (seed: number, selfPid: number): readonly Actor[] => {
  const chance = createChance(seed);
  const actors: Actor[] = [];
  let lastPid = FIRST_DEMO_PID;
  let terminals = 0;
  const nextPid = (): number => {
    lastPid += 3 + Math.floor(chance() * 90);
    return lastPid;
  };
  const add = (part: Partial<Actor> & Pick<Actor, 'uid' | 'user' | 'facts' | 'startedMs'> & { readonly pid?: number }): Actor => {
    const pid = part.pid ?? nextPid();
    const actor: Actor = {
      ...{ pid, ppid: 1, tty: '?', cwd: '/', pgid: pid, memoryBytes: 9 * MB, growsBytesPerHour: 0, cpuPercent: 0.05, record: null },
      ...{ candidate: candidate(part.uid), owner: null, comesAndGoes: null, stubborn: false },
      ...part,
    };
    actors.push(actor);
    return actor;
  };
  const plain = (comm: string, exe: string, argv: readonly string[], marks: Marks = NO_MARKS): StaticFacts => ({
    ...{ comm: comm.slice(0, 15), exe, exeId: `8:${hex(chance, 5)}`, argv, marks },
  });

  const boot = -21 * 24 * 60 * MINUTE_MS;
  const root = { uid: 0, user: 'root', startedMs: boot };
  add({ ...root, pid: 1, ppid: 0, facts: plain('systemd', '/usr/lib/systemd/systemd', ['/sbin/init']) });
  add({ ...root, pid: selfPid, facts: plain('claude-manager', '/demo', ['claude-manager', '--demo']), startedMs: -1000 });

  const managers = new Map<string, Actor>();
  for (const { name, uid } of DEMO_USERS) {
    const facts = plain('systemd', '/usr/lib/systemd/systemd', ['/usr/lib/systemd/systemd', '--user']);
    managers.set(name, add({ uid, user: name, facts, startedMs: boot + 60_000 }));
  }
  const managerOf = (user: string): Actor => {
    const found = managers.get(user);
    if (found === undefined) throw new Error(`nobody is called ${user}`);
    return found;
  };

  const helper = (owner: Actor, { role, runs, mb, cpu = 0.2, everyS, forS }: Helper, home: string): void => {
    const sessionId = owner.record?.sessionId ?? '';
    const own = { CLAUDE_CODE_SESSION_ID: sessionId, CLAUDE_CODE_MESSAGING_SOCKET: `${home}/.claude/ipc/${owner.pid}.sock` };
    const child: Marks = { ...own, CLAUDECODE: '1', CLAUDE_PID: String(owner.pid), CLAUDE_CODE_CHILD_SESSION: '1' };
    const common = { uid: owner.uid, user: owner.user, ppid: owner.pid, cwd: owner.cwd, owner: owner.pid };
    const sizes = { memoryBytes: mb * MB, cpuPercent: cpu, startedMs: owner.startedMs + 4000 };
    const comesAndGoes = everyS === undefined || forS === undefined ? null : { everyMs: everyS * 1000, forMs: forS * 1000 };
    add({ ...common, ...sizes, comesAndGoes, ...appearance(role, runs, home, own, child, owner.pgid) });
  };
  const appearance = (
    role: Helper['role'],
    runs: string,
    home: string,
    own: Marks,
    child: Marks,
    group: number,
  ): Pick<Actor, 'facts'> & Partial<Actor> => {
    if (role === 'mcp')
      return {
        facts: plain('node', '/usr/bin/node', ['node', `${home}/.npm/_npx/${hex(chance, 6)}/node_modules/${runs}/dist/index.js`], own),
        pgid: group,
      };
    const snapshot = `${home}/.claude/shell-snapshots/snapshot-bash-17640${hex(chance, 4).replace(/\D/g, '1')}0000-${hex(chance, 6)}.sh`;
    return { facts: plain('bash', '/usr/bin/bash', ['/bin/bash', '-c', `source ${snapshot} && eval '${runs}'`], child) };
  };

  let daemon: Actor | null = null;
  const parentOf = (scene: Scene, home: string, startedMs: number): Actor => {
    const { uid, name: user } = DEMO_USERS.find(({ name }) => name === scene.user) ?? { uid: -1, name: scene.user };
    const manager = managerOf(user);
    const before = { uid, user, startedMs: startedMs - 2000, cwd: home };
    switch (scene.role) {
      case 'orphan-ide':
      case 'lost-cli':
        return manager;
      case 'ide':
        return add({
          ...before,
          ppid: manager.pid,
          facts: plain('node', `${home}/.vscode-server/node`, ['node', 'bootstrap-fork', '--type=extensionHost']),
        });
      case 'sdk':
        return add({ ...before, ppid: manager.pid, facts: plain('node', '/usr/bin/node', ['node', '/srv/triage/worker.js']) });
      case 'headless':
        return add({
          ...before,
          startedMs: Math.min(before.startedMs, -60_000),
          ppid: manager.pid,
          facts: plain('bash', '/usr/bin/bash', ['bash', `${home}/bin/nightly.sh`]),
        });
      case 'background': {
        const engine = engineAt(home);
        daemon ??= add({
          ...before,
          startedMs: -90 * MINUTE_MS,
          memoryBytes: 88 * MB,
          facts: plain('claude', engine, [engine, 'daemon', 'run', '--origin', 'transient']),
        });
        const argv = ['claude bg-pty-host', '--bg-pty-host', `/tmp/cc-daemon-${uid}/pty/${hex(chance, 8)}.sock`, '150', '45', '--', engine];
        return add({ ...before, ppid: daemon.pid, memoryBytes: 34 * MB, facts: plain(VERSION, engine, argv) });
      }
      default:
        terminals += 1;
        return add({ ...before, ppid: manager.pid, tty: `pts/${terminals}`, facts: plain('bash', '/usr/bin/bash', ['-bash']) });
    }
  };

  for (const scene of SCENES) {
    const home = `/home/${scene.user}`;
    const startedMs = -scene.ageMin * MINUTE_MS;
    const sessionId = uuid(chance);
    const parent = parentOf(scene, home, startedMs);
    const body = bodyOf(scene, home, sessionId);
    const cwd = `${home}/${scene.folder}`;
    const lost = scene.role === 'lost-cli';
    if (lost) terminals += 1;
    const tty = lost ? `pts/${terminals}` : parent.tty;
    const { uid, name: user } = DEMO_USERS.find(({ name }) => name === scene.user) ?? { uid: -1, name: scene.user };
    const session = add({
      ...{ uid, user, ppid: parent.pid, cwd, tty, startedMs, stubborn: scene.stubborn === true },
      facts: plain(body.comm, body.exe, body.argv),
      ...{ memoryBytes: scene.mb * MB, growsBytesPerHour: (scene.growsMbPerHour ?? 0) * MB, cpuPercent: scene.cpu },
      candidate: candidate(uid, body.hasTerminal ? { fd0: `/dev/${tty}` } : {}),
      comesAndGoes:
        scene.everyS === undefined || scene.forS === undefined ? null : { everyMs: scene.everyS * 1000, forMs: scene.forS * 1000 },
      record: {
        ...{ sessionId, entrypoint: body.entrypoint, name: scene.name, status: scene.status, configDir: `${home}/.claude` },
        kind: scene.role === 'background' ? 'bg' : 'interactive',
        jobId: scene.role === 'background' ? hex(chance, 8) : null,
        sinceMs: -(scene.sinceMin ?? 0) * MINUTE_MS,
      },
    });
    for (const one of scene.helpers ?? []) helper(session, one, home);
  }

  for (const stray of STRAYS) {
    const manager = managerOf(stray.user);
    const home = `/home/${stray.user}`;
    const gone = nextPid();
    const own = { CLAUDE_CODE_SESSION_ID: uuid(chance), CLAUDE_CODE_MESSAGING_SOCKET: `${home}/.claude/ipc/${gone}.sock` };
    const child = { ...own, CLAUDECODE: '1', CLAUDE_PID: String(gone), CLAUDE_CODE_CHILD_SESSION: '1' };
    add({
      ...{ uid: manager.uid, user: stray.user, ppid: manager.pid, cwd: `${home}/code/checkout-flow` },
      ...appearance(stray.role, stray.runs, home, own, child, gone),
      ...{ memoryBytes: stray.mb * MB, cpuPercent: stray.cpu ?? 0.2, startedMs: -stray.ageMin * MINUTE_MS },
      candidate: candidate(manager.uid, { fd0: '/dev/null', listening: stray.listening === true }),
    });
  }
  return actors;
};
