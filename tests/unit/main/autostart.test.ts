import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { autostartEntry, autostartFile, setAutostart } from '../../../src/main/autostart.js';
import { createStartAtLogin } from '../../../src/main/start-at-login.js';

const VALIDATOR = '/usr/bin/desktop-file-validate';
const COMMAND = ['/opt/Claude Manager/claude-manager', '--hidden'];

describe('starting at login on Linux', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'autostart-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('stands where the desktop looks for it', () => {
    expect(autostartFile({ XDG_CONFIG_HOME: '/x/config' }, '/home/dana')).toBe('/x/config/autostart/claude-manager.desktop');
    for (const env of [{}, { XDG_CONFIG_HOME: '' }, { XDG_CONFIG_HOME: 'relative' }])
      expect(autostartFile(env, '/home/dana')).toBe('/home/dana/.config/autostart/claude-manager.desktop');
  });

  it('quotes what a desktop would take apart', () => {
    expect(autostartEntry(COMMAND, 'c')).toContain('Exec="/opt/Claude Manager/claude-manager" --hidden\n');
    expect(autostartEntry(['/a"b`c$d\\e/100%'], 'c')).toContain('Exec="/a\\\\"b\\\\`c\\\\$d\\\\\\\\e/100%%"\n');
  });

  it('writes no line for a name that would make two', () => {
    expect([autostartEntry(['/a\nExec=evil'], 'c'), autostartEntry(['/a'], 'c\nHidden=true')]).toEqual([null, null]);
  });

  it.skipIf(!existsSync(VALIDATOR))('is a valid entry (desktop-file-utils is there)', () => {
    const path = join(folder, 'claude-manager.desktop');
    for (const command of [COMMAND, ['/a"b`c$d\\e/100%', '/app', '--no-sandbox', '--hidden']]) {
      writeFileSync(path, autostartEntry(command, 'Acompanha os processos') ?? '');
      expect(execFileSync(VALIDATOR, [path], { encoding: 'utf8' })).toBe('');
    }
  });

  const parts = (file: string) => ({ os: 'linux' as const, file, command: COMMAND, comment: 'c', setLoginItem: () => undefined });

  it('comes and goes with the setting, and is left alone while the setting has been off all the time', () => {
    const file = join(folder, 'autostart', 'claude-manager.desktop');
    const login = createStartAtLogin(parts(file));
    login.apply(true);
    expect(readFileSync(file, 'utf8')).toBe(autostartEntry(COMMAND, 'c'));
    const { mtimeNs } = statSync(file, { bigint: true });
    expect(setAutostart(file, autostartEntry(COMMAND, 'c'))).toBe(null);
    expect(statSync(file, { bigint: true }).mtimeNs).toBe(mtimeNs);
    login.apply(false);
    expect(existsSync(file)).toBe(false);

    writeFileSync(file, 'somebody wrote this');
    createStartAtLogin(parts(file)).apply(false);
    expect(readFileSync(file, 'utf8')).toBe('somebody wrote this');
  });

  it('says where it cannot be written', () => {
    mkdirSync(join(folder, 'autostart', 'claude-manager.desktop'), { recursive: true });
    const file = join(folder, 'autostart', 'claude-manager.desktop');
    const login = createStartAtLogin(parts(file));
    login.apply(true);
    expect(login.notices()).toEqual([{ id: 'autostartNotWritten', values: { file, code: 'EISDIR' } }]);
  });

  it('asks the other systems for a login item', () => {
    const asked: boolean[] = [];
    const login = createStartAtLogin({ ...parts('/nowhere'), os: 'darwin', setLoginItem: (open) => asked.push(open) });
    login.apply(false);
    login.apply(true);
    login.apply(true);
    login.apply(false);
    expect(asked).toEqual([true, false]);
  });
});
