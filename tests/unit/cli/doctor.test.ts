import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { doctor, isAtLeast } from '../../../src/cli/doctor.js';
import { doctorShape } from '../../../src/cli/json-shape.js';
import { fakeCore } from './fake-core.js';
import { fakeUi } from './fake-io.js';
import { aLook, aRow } from './views.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const env = () => ({ ELECTRON_OVERRIDE_DIST_PATH: folder });

describe('isAtLeast', () => {
  it.each([
    ['20.19.0', '20.19.0', true],
    ['20.20.1', '20.19.0', true],
    ['22.0.0', '20.19.0', true],
    ['20.9.9', '20.19.0', false],
    ['18.20.0', '20.19.0', false],
    ['20.19', '20.19.0', true],
    ['x', '20.19.0', false],
  ])('%s against %s is %s', (version, wanted, is) => expect(isAtLeast(version, wanted)).toBe(is));
});

describe('doctor', () => {
  it('is content where all is there', async () => {
    writeFileSync(join(folder, 'version'), '1.2.3');
    const fake = fakeUi({ env: env() });
    const core = fakeCore({ folder, looks: [aLook([aRow(1)])], notes: [{ id: 'asUser', ok: true, values: { user: 'da\x1b[2Jna' } }] });
    expect(await doctor(fake.ui, core)).toBe(0);
    expect(fake.out().trimEnd().split('\n')).toEqual([
      `ok       Node.js ${process.versions.node}`,
      `ok       Electron found: ${folder}`,
      "ok       A look at the machine works: 1 process of Claude's found.",
      "ok       Running as da␛[2Jna: other users' processes can be seen, but ending them needs administrator rights.",
      'ok       All session records could be read.',
      'ok       Changes to session records are noticed as they happen.',
      `ok       Configuration can be written: ${folder}/config`,
      `ok       The action log can be written: ${folder}/state`,
      '',
      'Nothing essential is missing.',
    ]);
  });

  it('notes what is missing but not needed, and what could not be read', async () => {
    const core = fakeCore({
      folder,
      looks: [aLook([])],
      notes: [{ id: 'tableIncomplete', ok: false, values: { path: '/proc' } }],
      failures: [{ uid: 1000, path: '/home/dana/.claude/sessions/7.json', reason: 'link' }],
      unwatched: [{ path: '/home/dana/.claude/sessions', reason: 'watch-limit' }],
    });
    const fake = fakeUi({ env: env(), json: true });
    expect(await doctor(fake.ui, core)).toBe(0);
    const value = doctorShape.parse(JSON.parse(fake.out()));
    expect(value.checks.map(({ id, ok, essential }) => [id, ok, essential])).toEqual([
      ['node', true, true],
      ['electron', false, false],
      ['look', true, true],
      ['tableIncomplete', false, false],
      ['registry', false, false],
      ['watch', false, false],
      ['configDir', true, false],
      ['stateDir', true, true],
    ]);
    expect(value.checks[4]?.message).toBe(
      'A session record could not be read (it is a symbolic link, which is not followed here): /home/dana/.claude/sessions/7.json',
    );
    expect(value.checks[5]?.message).toBe(
      'Session records are read again at every look (no more folders can be watched): /home/dana/.claude/sessions',
    );
  });

  it('ends with 1 where the action log cannot be written, or nothing be looked at', async () => {
    writeFileSync(join(folder, 'state'), 'a file where the folder should be');
    const fake = fakeUi({ env: env(), json: true });
    expect(await doctor(fake.ui, fakeCore({ folder, looks: [new Error('no /proc')] }))).toBe(1);
    const value = doctorShape.parse(JSON.parse(fake.out()));
    expect(value.ok).toBe(false);
    expect(value.checks.filter(({ ok, essential }) => essential && !ok).map(({ message }) => message)).toEqual([
      'A look at the machine fails: no /proc',
      `The action log cannot be written (EEXIST): ${folder}/state`,
    ]);
  });

  it('says why the program cannot work at all', async () => {
    const fake = fakeUi({ env: env() });
    expect(await doctor(fake.ui, { error: 'No home directory: set HOME.' })).toBe(1);
    expect(fake.out()).toContain('problem  The program cannot work here: No home directory: set HOME.');
  });
});
