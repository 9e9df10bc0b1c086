// npm run install-helper [-- --remove], as root: puts the helper for administrators and its polkit policy where a package would, or takes them away.
import { chmodSync, chownSync, copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('..', import.meta.url));
const POLICY = 'io.github.claude-manager.end-processes.policy';
/** From the checkout, to the system, with this mode. The policy names the helper by its whole path. */
const FILES = [
  [join(checkout, 'resources/helper/claude-manager-helper'), '/usr/lib/claude-manager/claude-manager-helper', 0o755],
  [join(checkout, 'build/polkit', POLICY), join('/usr/share/polkit-1/actions', POLICY), 0o644],
];

const stop = (message, code) => {
  process.stderr.write(`${message}\n`);
  process.exit(code);
};

/** Nobody but root may decide what root runs: so says the program, too, which runs no helper in a folder that others may write to. */
const refuseOthers = (path) => {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats && (!stats.isDirectory() || stats.uid !== 0 || (stats.mode & 0o022) !== 0))
      stop(`Not installed: ${folder} is not root's alone, or no folder.`, 1);
    if (folder === '/') return;
  }
};

/** Is there as a whole or not at all, whatever stood there before. */
const install = ([from, to, mode]) => {
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  const draft = `${to}.new`;
  rmSync(draft, { force: true });
  copyFileSync(from, draft);
  chownSync(draft, 0, 0);
  chmodSync(draft, mode);
  renameSync(draft, to);
};

/** Takes a file away, and our folder with it where nothing else is in there. */
const remove = ([, to]) => {
  rmSync(to, { force: true });
  const folder = dirname(to);
  if (folder.endsWith('/claude-manager') && existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
};

const [option, ...rest] = process.argv.slice(2);
if (rest.length > 0 || (option !== undefined && option !== '--remove')) stop('Usage: npm run install-helper [-- --remove]', 2);
if (process.platform !== 'linux') stop('The helper is for Linux; elsewhere the system itself asks.', 1);
if (process.getuid() !== 0)
  stop(`This needs root:\n  sudo ${process.execPath} ${fileURLToPath(import.meta.url)}${option ? ` ${option}` : ''}`, 1);
process.umask(0o022);
if (option === '--remove') for (const file of FILES) remove(file);
else {
  for (const [, to] of FILES) refuseOthers(to);
  for (const file of FILES) install(file);
}
process.stdout.write(`${option ? 'Removed' : 'Installed'}: ${FILES.map(([, to]) => to).join(', ')}\n`);
