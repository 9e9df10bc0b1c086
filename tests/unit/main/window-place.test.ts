import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fitPlace, readPlace, type WindowPlace, writePlace } from '../../../src/main/window-place.js';

const LAPTOP = { x: 0, y: 0, width: 1440, height: 900 };
const SCREEN = { x: 1440, y: -200, width: 2560, height: 1440 };
const at = (over: Partial<WindowPlace> = {}): WindowPlace => ({ x: 1600, y: 0, width: 1280, height: 800, maximized: false, ...over });

describe('fitPlace', () => {
  it('keeps a window where it was', () => {
    expect(fitPlace(at(), [LAPTOP, SCREEN])).toEqual(at());
    expect(fitPlace(at({ x: -900, width: 1200 }), [LAPTOP])).toEqual(at({ x: -900, width: 1200 }));
  });

  it('brings it to the middle of the first display when its own is gone', () => {
    expect(fitPlace(at(), [LAPTOP])).toEqual(at({ x: 80, y: 50 }));
  });

  it('makes it no larger than its display', () => {
    expect(fitPlace(at({ x: 0, width: 4000, height: 3000 }), [LAPTOP])).toEqual(at({ x: 0, width: 1440, height: 900 }));
  });

  it('does not leave it where its bar cannot be grasped', () => {
    expect(fitPlace(at({ x: 0, y: -790 }), [LAPTOP])).toEqual(at({ x: 80, y: 50 }));
    expect(fitPlace(at({ x: 1400, y: 10 }), [LAPTOP])).toEqual(at({ x: 80, y: 50 }));
  });

  it('has no opinion without a place or a display', () => {
    expect([fitPlace(null, [LAPTOP]), fitPlace(at(), [])]).toEqual([null, null]);
  });
});

describe('the file of the place', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'place-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('comes back as written', async () => {
    const path = join(folder, 'window.json');
    await writePlace(path, at({ maximized: true }));
    expect(readPlace(path)).toEqual(at({ maximized: true }));
  });

  it('counts for nothing when it is missing, broken or absurd', () => {
    const path = join(folder, 'window.json');
    expect(readPlace(path)).toBe(null);
    for (const text of ['{', '[]', '{"x":1}', JSON.stringify(at({ width: 1e9 })), JSON.stringify(at({ x: Number.NaN }))]) {
      writeFileSync(path, text);
      expect(readPlace(path)).toBe(null);
    }
  });
});
