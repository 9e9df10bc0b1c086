import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Core } from '../main/core.js';
import { ensurePrivateFolder, errorCode } from '../main/paths.js';
import type { DoctorJson } from './json-shape.js';
import { JSON_VERSION } from './json-shape.js';
import type { ExitCode, Ui } from './output.js';
import { sentence } from './output.js';

/** Why the program's parts could not be put together on this machine. */
export interface NoCore {
  readonly error: string;
}

interface Check {
  /** For scripts; the text's key is `key`. */
  readonly id: string;
  readonly ok: boolean;
  /** Without it the program cannot do its work. */
  readonly essential: boolean;
  readonly key: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

const OLDEST_NODE = '20.19.0';

const check = (id: string, ok: boolean, essential: boolean, key: string, values?: Check['values']): Check =>
  values ? { id, ok, essential, key, values } : { id, ok, essential, key };

/** Whether a dotted version is at least another; what is no number counts as 0. */
export const isAtLeast = (version: string, wanted: string): boolean => {
  const have = version.split('.').map(Number);
  for (const [i, part] of wanted.split('.').map(Number).entries()) {
    const own = have[i] || 0;
    if (own !== part) return own > part;
  }
  return true;
};

const nodeCheck = (): Check => {
  const version = process.versions.node;
  return isAtLeast(version, OLDEST_NODE)
    ? check('node', true, true, 'cli.doctor.node', { version })
    : check('node', false, true, 'cli.doctor.nodeOld', { version, wanted: OLDEST_NODE });
};

/** Where an Electron lies that `npm start` would run; null = none yet. Looks for folders only, runs nothing. */
const findElectron = (env: Readonly<Record<string, string | undefined>>): string | null => {
  const override = env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return existsSync(join(override, 'version')) ? override : null;
  const installed = fileURLToPath(new URL('../../node_modules/electron', import.meta.url));
  // Written last by its installer.
  if (existsSync(join(installed, 'path.txt'))) return join(installed, 'dist', readFileSync(join(installed, 'path.txt'), 'utf8').trim());
  const cache = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'claude-manager-build');
  const assembled = existsSync(cache)
    ? readdirSync(cache).find((name) => name.startsWith('electron-') && existsSync(join(cache, name, 'version')))
    : undefined;
  return assembled === undefined ? null : join(cache, assembled);
};

const electronCheck = (ui: Ui): Check => {
  const path = findElectron(ui.io.env);
  return path === null
    ? check('electron', false, false, 'cli.doctor.noElectron')
    : check('electron', true, false, 'cli.doctor.electron', { path });
};

const writeProblem = (folder: string): string | null => {
  const problem = ensurePrivateFolder(folder);
  if (problem !== null) return problem;
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return errorCode(error);
  }
};

const folderCheck = (id: 'configDir' | 'stateDir', path: string): Check => {
  const error = writeProblem(path);
  // What cannot be logged is not ended, and what cannot be configured runs on defaults.
  return error === null
    ? check(id, true, id === 'stateDir', `cli.doctor.${id}`, { path })
    : check(id, false, id === 'stateDir', `cli.doctor.${id === 'configDir' ? 'noConfigDir' : 'noStateDir'}`, { path, error });
};

const lookCheck = async (core: Core): Promise<Check> => {
  try {
    await core.looker.look();
    // Folders are watched from the second look on.
    const { snapshot } = await core.looker.look();
    return check('look', true, true, 'cli.doctor.look', { count: snapshot.processes.length });
  } catch (error) {
    return check('look', false, true, 'cli.doctor.noLook', { error: error instanceof Error ? error.message : String(error) });
  }
};

const registryChecks = (ui: Ui, core: Core): Check[] => {
  const failures = core.registry.failures();
  if (failures.length === 0) return [check('registry', true, false, 'cli.doctor.registry')];
  return failures.map(({ path, reason }) =>
    check('registry', false, false, 'cli.doctor.registryFailure', { path, why: ui.t(`fileReason.${reason}`) }),
  );
};

const watchChecks = (ui: Ui, core: Core): Check[] => {
  const unwatched = core.registry.unwatched();
  if (unwatched.length === 0) return [check('watch', true, false, 'cli.doctor.watch')];
  return unwatched.map(({ path, reason }) =>
    check('watch', false, false, 'cli.doctor.noWatch', { path, why: ui.t(`fileReason.${reason}`) }),
  );
};

const allChecks = async (ui: Ui, core: Core | NoCore): Promise<readonly Check[]> => {
  const first = [nodeCheck(), electronCheck(ui)];
  if ('error' in core) return [...first, check('core', false, true, 'cli.doctor.noCore', { error: core.error })];
  const look = await lookCheck(core);
  const notes = (await core.platform.notes()).map((note) => check(note.id, note.ok, false, `doctor.${note.id}`, note.values));
  return [
    ...first,
    look,
    ...notes,
    ...registryChecks(ui, core),
    ...(look.ok ? watchChecks(ui, core) : []),
    folderCheck('configDir', core.paths.configDir),
    folderCheck('stateDir', core.paths.stateDir),
  ];
};

/** Says what the program needs and has, and what it cannot read here and why; 1 where something essential is missing. */
export const doctor = async (ui: Ui, core: Core | NoCore): Promise<ExitCode> => {
  const checks = await allChecks(ui, core);
  const ok = checks.every((one) => one.ok || !one.essential);
  const message = (one: Check): string => sentence(ui.t, one.key, one.values);
  if (ui.json) {
    ui.data({
      version: JSON_VERSION,
      ok,
      checks: checks.map((one) => ({ id: one.id, ok: one.ok, essential: one.essential, message: message(one) })),
    } satisfies DoctorJson);
    return ok ? 0 : 1;
  }
  const words = { good: ui.t('cli.doctor.good'), bad: ui.t('cli.doctor.bad'), note: ui.t('cli.doctor.note') };
  const width = Math.max(words.good.length, words.bad.length, words.note.length);
  for (const one of checks) {
    const word = one.ok ? 'good' : one.essential ? 'bad' : 'note';
    const paint = { good: ui.paint.green, bad: ui.paint.red, note: ui.paint.yellow }[word];
    ui.print(`${paint(words[word].padEnd(width))}  ${message(one)}`);
  }
  ui.print('');
  ui.print(ui.t(ok ? 'cli.doctor.fine' : 'cli.doctor.broken'));
  return ok ? 0 : 1;
};
