import { describe, expect, it } from 'vitest';
import { createTranslate } from '../../../src/main/i18n.js';
import type { StoppedSession } from '../../../src/shared/api.js';
import { type MenuInput, menuId, menuText, type TrayItem, trayMenu } from '../../../src/shared/tray-menu.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { aSnapshot, aView } from '../../fakes/a-view.js';

const MB = 1024 ** 2;
const say = createTranslate('en');
const session = (pid: number, mb: number, over: Partial<ProcessView> = {}): ProcessView =>
  aView(pid, {
    tree: { memoryBytes: mb * MB, cpuPercent: 0, count: 1, memoryIsPartial: false },
    session: { sessionId: 'sid', name: null, projectDir: null, version: null, entrypoint: null, jobId: null, configDir: '/c' },
    ...over,
  });
const menu = (over: Partial<MenuInput> = {}): readonly TrayItem[] =>
  trayMenu({ snapshot: aSnapshot([]), quick: { orphans: 0, possibleOrphans: 0, old: 0, all: 0 }, stopped: [], ...over }, say, 'en');
/** Every line as its label, "-" for what only tells, indented by depth. */
const lines = (items: readonly TrayItem[], depth = ''): readonly string[] =>
  items.flatMap((one) =>
    one.kind === 'line'
      ? [`${depth}—`]
      : [`${depth}${one.command === null && one.items.length === 0 ? '- ' : ''}${one.label}`, ...lines(one.items, `${depth}  `)],
  );
const stopped = (name: string, resumes: boolean): StoppedSession => ({
  sessionId: `id-${name}`,
  name,
  projectDir: null,
  user: 'dana',
  pid: 1,
  endedAtMs: 1,
  action: 'KILL_PROCESS',
  freedBytes: null,
  resume: resumes ? { sessionId: `id-${name}`, cwd: '/', command: 'claude --resume' } : null,
});

describe('the menu of the tray', () => {
  it('says why where there is nothing to do', () => {
    expect(lines(menu())).toEqual([
      '- Claude 0 MB, 0 processes',
      '—',
      '- No session is running',
      '—',
      '- End left-overs (nothing is left over)',
      '- End old and idle (none is)',
      '—',
      'Refresh now',
      '- Recently stopped (none yet)',
      '—',
      'Open Claude Manager',
      'Preferences…',
      'Quit',
    ]);
    expect(lines(menu({ snapshot: null }))[0]).toBe('- Claude: not read yet');
  });

  it('lists the five largest sessions, their children not among them', () => {
    const sizes = [10, 60, 20, 50, 30, 40].map((mb, index) => session(index + 1, mb));
    const child = session(9, 900, { owner: { pid: 1, startedAt: 's1' } });
    const all = lines(menu({ snapshot: aSnapshot([...sizes, child]) }));
    expect(all.filter((line) => line.includes('·'))).toEqual(['p2 · 60 MB', 'p4 · 50 MB', 'p6 · 40 MB', 'p5 · 30 MB', 'p3 · 20 MB']);
    expect(all.slice(all.indexOf('p2 · 60 MB') + 1, all.indexOf('p2 · 60 MB') + 4)).toEqual(['  End…', '  Show', '  Copy resume command']);
  });

  it('disables what cannot be done to a session, and says the status where it is not normal', () => {
    const refused = session(1, 5, { refusal: { reason: 'protected', id: 'x' }, session: null, status: 'old' });
    expect(lines(menu({ snapshot: aSnapshot([refused]) })).slice(2, 6)).toEqual([
      'p1 · Old · 5 MB',
      '  - End… (not possible, Show says why)',
      '  Show',
      '  - Copy resume command (its session is unknown)',
    ]);
  });

  it('counts what quick clean-up will hit', () => {
    const all = lines(menu({ quick: { orphans: 3, possibleOrphans: 2, old: 1, all: 9 } }));
    expect(all).toContain('End 3 left-overs…');
    expect(all).toContain('End 1 old and idle…');
  });

  it('offers to pause automatic clean-up where there is one', () => {
    expect(lines(menu({ cleanupPausedUntil: null })).slice(6, 9)).toEqual(['Pause automatic clean-up', '  For 1 hour', '  Until tomorrow']);
    expect(lines(menu({ cleanupPausedUntil: '18:30' })).slice(6, 10)).toEqual([
      'Automatic clean-up is paused until 18:30',
      '  For 1 hour',
      '  Until tomorrow',
      '  Resume now',
    ]);
  });

  it('hands out the commands of what was stopped', () => {
    expect(lines(menu({ stopped: [stopped('a', true), stopped('b', false)] }))).toEqual(
      expect.arrayContaining(['Recently stopped (2)', '  Copy resume command of a', '  - b (cannot be resumed)']),
    );
  });

  it('is complete in Portuguese', () => {
    const full = { quick: { orphans: 1, possibleOrphans: 0, old: 2, all: 3 }, stopped: [stopped('a', true)], cleanupPausedUntil: null };
    const items = trayMenu({ snapshot: aSnapshot([session(1, 5)]), ...full }, createTranslate('pt-BR'), 'pt-BR');
    expect(lines(items).filter((line) => line.includes('⟦'))).toEqual([]);
    expect(lines(items)).toContain('Encerrar 1 sobra…');
  });

  it('is the same menu as long as it says and does the same', () => {
    const one = aSnapshot([session(1, 5)]);
    expect(menuId(menu({ snapshot: one }))).toBe(menuId(menu({ snapshot: aSnapshot([session(1, 5)]) })));
    expect(menuId(menu({ snapshot: one }))).not.toBe(
      menuId(menu({ snapshot: aSnapshot([session(1, 5, { key: { pid: 1, startedAt: 'later' } })]) })),
    );
  });
});

describe('menuText', () => {
  it('cuts and cleans hostile names', () => {
    expect(menuText('a\u202eb\nc\u0007')).not.toMatch(/[\u202e\p{Cc}]/u);
    expect(menuText('x'.repeat(500)).length).toBeLessThanOrEqual(40);
    expect(menuText('R&D')).toBe('R&D');
  });
});
