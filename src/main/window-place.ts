import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { replaceFile } from './replace-file.js';

/** Where a window is, in the screen's own units. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const length = z.number().min(1).max(100_000);
const position = z.number().min(-100_000).max(100_000);
const placeSchema = z.object({ x: position, y: position, width: length, height: length, maximized: z.boolean() });
export type WindowPlace = z.infer<typeof placeSchema>;

/** So much of a window has to lie on a display for it to be seen and grasped. */
const GRIP = { width: 120, height: 40 } as const;

const overlap = (a: Rectangle, b: Rectangle): { readonly width: number; readonly height: number } => ({
  width: Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x),
  height: Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y),
});

/**
 * Where a window may stand: its place, no larger than the display it is on; where that display is gone, in the middle of the first one.
 * Null where nothing is known, or no display is there.
 */
export const fitPlace = (place: WindowPlace | null, displays: readonly Rectangle[]): WindowPlace | null => {
  const [first] = displays;
  if (place === null || first === undefined) return null;
  // Its bar is what it is moved by: the top has to be there.
  const bar = { ...place, height: GRIP.height };
  const home = displays.find((display) => {
    const { width, height } = overlap(bar, display);
    return width >= GRIP.width && height >= GRIP.height / 2;
  });
  const display = home ?? first;
  const width = Math.min(place.width, display.width);
  const height = Math.min(place.height, display.height);
  if (home !== undefined) return { ...place, width, height };
  return {
    ...place,
    width,
    height,
    x: Math.round(display.x + (display.width - width) / 2),
    y: Math.round(display.y + (display.height - height) / 2),
  };
};

/** The place that a file holds; null where there is none that can be understood. */
export const readPlace = (path: string): WindowPlace | null => {
  try {
    return placeSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Missing, unreadable or not ours: the window opens where the system puts it.
    return null;
  }
};

export const writePlace = (path: string, place: WindowPlace): Promise<void> => replaceFile(path, JSON.stringify(placeSchema.parse(place)));
