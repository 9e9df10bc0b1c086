import { describe, expect, it } from 'vitest';
import { stoppedShape } from '../../../src/cli/json-shape.js';
import { stopped } from '../../../src/cli/stopped.js';
import type { StoppedSession } from '../../../src/shared/api.js';
import { formatDateTime } from '../../../src/shared/format.js';
import { fakeCore } from './fake-core.js';
import { type FakeIoOptions, fakeUi } from './fake-io.js';

const AT_MS = 1_790_000_000_000;
const aStopped = (over: Partial<StoppedSession> = {}): StoppedSession => ({
  sessionId: 'a1',
  name: 'billing',
  projectDir: '/home/dana/billing',
  user: 'dana',
  pid: 10,
  endedAtMs: AT_MS,
  action: 'KILL_PROCESS',
  freedBytes: 140 * 1024 * 1024,
  resume: { sessionId: 'a1', cwd: '/home/dana/billing', command: "cd '/home/dana/billing' && claude --resume a1" },
  ...over,
});

const shown = async (sessions: readonly StoppedSession[], options: FakeIoOptions & { json?: boolean } = {}) => {
  const fake = fakeUi(options);
  const code = await stopped(fake.ui, fakeCore({ stopped: sessions }));
  return { code, out: fake.out(), err: fake.err() };
};

describe('stopped', () => {
  it('says when, whose, how much, why, what and where, and how to resume', async () => {
    const when = formatDateTime(AT_MS, 'en');
    const seen = await shown(
      [aStopped(), aStopped({ name: 'x', action: 'CLEAN_OLD', freedBytes: null, user: null, projectDir: null, resume: null })],
      { env: { HOME: '/home/dana' } },
    );
    const pad = ' '.repeat(when.length - 'ENDED'.length);
    expect(seen).toEqual({
      code: 0,
      err: '',
      out: [
        `ENDED${pad}  USER   FREED  WHY            NAME     PROJECT`,
        `${when}  dana  140 MB  ended by hand  billing  ~/billing`,
        "    Resume it with: cd '/home/dana/billing' && claude --resume a1",
        `${when}  ?          –  old and idle   x`,
        '    It cannot be resumed.',
        '',
      ].join('\n'),
    });
  });

  it('never cuts the command, however narrow the terminal', async () => {
    const { out } = await shown([aStopped({ projectDir: `/p/${'long/'.repeat(60)}` })], { tty: true, columns: 40 });
    expect(out).toContain("\n    Resume it with: cd '/home/dana/billing' && claude --resume a1\n");
  });

  it('lets no text act on the terminal, and shows an action that it does not know as it is', async () => {
    const { out } = await shown([aStopped({ name: 'a\x1b[2Jb', action: 'NEW\x07_WAY', user: 'd\u202ea', projectDir: '/p\nq' })]);
    expect(out).toContain('a␛[2Jb');
    expect(out).toContain('NEW␇_WAY');
    expect(out.split('\n')).toHaveLength(4);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]|⟦/);
  });

  it.each(['KILL_PROCESS', 'KILL_USER_PROCESSES', 'KILL_ALL_PROCESSES', 'CLEAN_OLD', 'CLEAN_ORPHANS', 'AUTO_CLEANUP', 'STOP_BACKGROUND'])(
    'has words for %s in both languages',
    async (action) => {
      for (const language of ['en', 'pt-BR'] as const) {
        const fake = fakeUi({ language });
        await stopped(fake.ui, fakeCore({ stopped: [aStopped({ action })] }));
        expect(fake.out()).not.toMatch(new RegExp(`⟦|${action}`));
      }
    },
  );

  it('is JSON of the documented shape', async () => {
    const seen = await shown([aStopped(), aStopped({ resume: null, freedBytes: null })], { json: true });
    const { resume: _, ...plain } = aStopped();
    expect(stoppedShape.parse(JSON.parse(seen.out))).toEqual({
      version: 1,
      stopped: [
        { ...plain, resume: "cd '/home/dana/billing' && claude --resume a1" },
        { ...plain, resume: null, freedBytes: null },
      ],
    });
  });

  it('says on stderr what is wrong with the file', async () => {
    const fake = fakeUi({ json: true });
    await stopped(fake.ui, fakeCore({ stoppedNotices: [{ id: 'configUnreadable', values: { file: '/x\x1b', code: 'EACCES' } }] }));
    expect(fake.err()).toMatch(/^claude-manager: The configuration \/x␛ cannot be read/);
    expect(stoppedShape.parse(JSON.parse(fake.out())).stopped).toEqual([]);
  });

  it('without any is a sentence, or an empty list', async () => {
    expect(await shown([])).toEqual({ code: 0, out: 'No session was ended here lately.\n', err: '' });
    expect((await shown([], { json: true })).out).toBe('{"version":1,"stopped":[]}\n');
  });
});
