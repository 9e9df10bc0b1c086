import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { errorCode } from './paths.js';

/** One argument of a desktop entry's Exec line: quoted for its shell-like rules, then escaped as a value of the file. */
const execArgument = (text: string): string => {
  const quoted = /^[A-Za-z0-9_\-./=:,+@]+$/.test(text) ? text : `"${text.replace(/["`$\\]/g, '\\$&')}"`;
  return quoted.replaceAll('%', '%%').replaceAll('\\', '\\\\');
};

/** The entry that a desktop starts at login (freedesktop.org, Desktop Application Autostart). Null where a name cannot stand in one. */
export const autostartEntry = (command: readonly string[], comment: string): string | null => {
  const isControl = (text: string): boolean => /\p{Cc}/u.test(text);
  if (command.some(isControl) || isControl(comment)) return null;
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Claude Manager',
    `Comment=${comment.replaceAll('\\', '\\\\')}`,
    `Exec=${command.map(execArgument).join(' ')}`,
    'Terminal=false',
    'StartupNotify=false',
    'Categories=System;Monitor;',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
};

/** Where a user's autostart entries stand: XDG_CONFIG_HOME, which has to be absolute to count, else ~/.config. */
export const autostartFile = (env: Readonly<Record<string, string | undefined>>, home: string): string => {
  const base = env['XDG_CONFIG_HOME'];
  return posix.join(base && posix.isAbsolute(base) ? base : posix.join(home, '.config'), 'autostart', 'claude-manager.desktop');
};

/** Writes the entry, or removes it (null). What already stands so is not touched. Returns the system's error code, null = done. */
export const setAutostart = (path: string, entry: string | null): string | null => {
  try {
    const now = existsSync(path) ? readFileSync(path, 'utf8') : null;
    if (now === entry) return null;
    if (entry === null) rmSync(path, { force: true });
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, entry);
    }
    return null;
  } catch (error) {
    return errorCode(error);
  }
};
