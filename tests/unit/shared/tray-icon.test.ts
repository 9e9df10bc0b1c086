import { describe, expect, it } from 'vitest';
import { type Bitmap, badgeText, drawIcon, ICON_SIZES, type Ink, type TrayBadge, type TrayLevel } from '../../../src/shared/tray-icon.js';

const GB = 1024 ** 3;
const LEVELS: readonly TrayLevel[] = ['normal', 'warning', 'danger', 'stale', 'paused'];
const INKS: readonly Ink[] = ['light', 'dark', 'template'];
const badge = (over: Partial<TrayBadge> = {}): TrayBadge => ({ level: 'normal', text: '9.6', share: 6, ...over });

/** A picture to read: "#" = opaque, "+" = see-through, "." = nothing. */
const shapeOf = ({ size, rgba }: Bitmap): readonly string[] =>
  Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (_, x) => {
      const alpha = rgba[(y * size + x) * 4 + 3] ?? 0;
      return alpha === 255 ? '#' : alpha > 0 ? '+' : '.';
    }).join(''),
  );
const colours = ({ rgba }: Bitmap): ReadonlySet<string> => {
  const seen = new Set<string>();
  for (let at = 0; at < rgba.length; at += 4) if (rgba[at + 3] === 255) seen.add(rgba.slice(at, at + 3).join(','));
  return seen;
};

describe('the tray icon', () => {
  it('draws the number and the meter on whole pixels', () => {
    expect(shapeOf(drawIcon(badge(), 16, 'light'))).toEqual([
      '................',
      '..###......###..',
      '.##.##....##....',
      '.##.##....##....',
      '.##.##....####..',
      '..####....##.##.',
      '....##....##.##.',
      '....##.##.##.##.',
      '..###..##..###..',
      '................',
      '................',
      '.#####+++++++++.',
      '.#####+++++++++.',
      '.#####+++++++++.',
      '................',
      '................',
    ]);
  });

  it('tells the levels apart by shape alone, in every size', () => {
    for (const size of ICON_SIZES)
      expect(new Set(LEVELS.map((level) => shapeOf(drawIcon(badge({ level, text: '21' }), size, 'template')).join('\n'))).size).toBe(5);
  });

  it('has one colour where the system chooses it, and ink that stands out from the panel elsewhere', () => {
    for (const level of LEVELS)
      expect([...colours(drawIcon(badge({ level, text: '21' }), 22, 'template'))].filter((one) => one !== '0,0,0')).toEqual([]);
    expect([...colours(drawIcon(badge(), 22, 'light'))]).toEqual(['255,255,255']);
    expect([...colours(drawIcon(badge(), 22, 'dark'))]).toEqual(['42,42,42']);
    expect(colours(drawIcon(badge({ level: 'danger', text: '38' }), 22, 'dark'))).toEqual(new Set(['214,50,45', '255,255,255']));
  });

  it('stays inside its square and shows something, whatever it is asked to draw', () => {
    for (const size of ICON_SIZES)
      for (const ink of INKS)
        for (const level of LEVELS)
          for (const text of ['0.0', '9.9', '88', '', '123456', 'x']) {
            const { rgba } = drawIcon({ level, text, share: 40 }, size, ink);
            expect(rgba.length).toBe(size * size * 4);
            expect(rgba.some((byte) => byte > 0)).toBe(true);
          }
  });

  it('draws the doubled sizes finer than by doubling pixels', () => {
    const small = shapeOf(drawIcon(badge(), 16, 'light'));
    const doubled = small.flatMap((row) => Array(2).fill([...row].map((sign) => sign + sign).join('')));
    const large = shapeOf(drawIcon(badge(), 32, 'light'));
    expect(large).not.toEqual(doubled);
    expect(large[22]).toBe(doubled[22]);
  });
});

describe('badgeText', () => {
  it('has one decimal below 10 GB, none above, and never more than two digits', () => {
    expect([0, 0.04, 0.6, 9.94, 9.96, 21.4, 99.6, 400].map((gigabytes) => badgeText(gigabytes * GB))).toEqual([
      '0.0',
      '0.0',
      '0.6',
      '9.9',
      '10',
      '21',
      '99',
      '99',
    ]);
    expect(badgeText(-1)).toBe('0.0');
  });
});
