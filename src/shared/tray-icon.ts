import type { Glyph, GlyphSheet } from './tray-glyphs.js';
import { MEDIUM, SMALL } from './tray-glyphs.js';

/** How Claude stands, as the tray's icon tells it: by shape first, then by colour. */
export type TrayLevel = 'normal' | 'warning' | 'danger' | 'stale' | 'paused';

/** All that an icon is drawn from; the same badge is the same picture. */
export interface TrayBadge {
  readonly level: TrayLevel;
  /** At most three signs: "0.6", "9.6", "21". */
  readonly text: string;
  /** Claude's part of the host's memory in eighteenths; the meter bar of a normal icon. */
  readonly share: number;
}

export const ICON_SIZES = [16, 22, 24, 32, 44] as const;
export type IconSize = (typeof ICON_SIZES)[number];

/** What the icon lies on: white ink on a dark panel, dark on a light one; black alone for macOS, which colours it itself. */
export type Ink = 'light' | 'dark' | 'template';

/** Rows from the top, four bytes a pixel: red, green, blue, alpha, not multiplied. */
export interface Bitmap {
  readonly size: number;
  readonly rgba: Uint8Array;
}

type Colour = readonly [red: number, green: number, blue: number];
type Point = readonly [x: number, y: number];

export const SHARES = 18;
const INK: Readonly<Record<Ink, Colour>> = { light: [255, 255, 255], dark: [42, 42, 42], template: [0, 0, 0] };
const WHITE: Colour = [255, 255, 255];
const AMBER: Colour = [179, 116, 0];
const RED: Colour = [214, 50, 45];
const ON_AMBER: Colour = [18, 13, 0];
const FADED = 0.62;
const TRACK = 0.38;

/** Where things stand in an icon of a size that is drawn pixel by pixel. */
interface Layout {
  readonly sheet: GlyphSheet;
  /** Top of the digits for a bare number, on the pentagon, on the octagon. */
  readonly top: Readonly<Record<'bare' | 'pentagon' | 'octagon', number>>;
  readonly bar: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly dashes: readonly number[];
  readonly dash: number;
  readonly pauses: readonly number[];
  readonly pause: { readonly y: number; readonly width: number; readonly height: number };
  readonly pentagon: readonly Point[];
  readonly octagon: readonly Point[];
}

const points = (text: string): readonly Point[] =>
  text.split(' ').map((pair) => {
    const [x = 0, y = 0] = pair.split(',').map(Number);
    return [x, y];
  });

const LAYOUTS: Readonly<Record<16 | 22, Layout>> = {
  16: {
    sheet: SMALL,
    top: { bare: 1, pentagon: 6, octagon: 4 },
    bar: { x: 1, y: 11, width: 14, height: 3 },
    dashes: [1, 5, 9, 13],
    dash: 2,
    pauses: [5, 9],
    pause: { y: 10, width: 2, height: 5 },
    pentagon: points('8,0 16,5 16,16 0,16 0,5'),
    octagon: points('4,0 12,0 16,4 16,12 12,16 4,16 0,12 0,4'),
  },
  22: {
    sheet: MEDIUM,
    top: { bare: 2, pentagon: 9, octagon: 6 },
    bar: { x: 2, y: 15, width: 18, height: 4 },
    dashes: [2, 7, 12, 17],
    dash: 3,
    pauses: [7, 12],
    pause: { y: 14, width: 3, height: 6 },
    pentagon: points('11,0 22,7 22,22 0,22 0,7'),
    octagon: points('6,0 16,0 22,6 22,16 16,22 6,22 0,16 0,6'),
  },
};

/** How each size is made: drawn as it is, with an edge around it, or at twice the size of a smaller one. */
const SIZES: Readonly<Record<IconSize, { readonly layout: Layout; readonly scale: 1 | 2; readonly edge: 0 | 1 }>> = {
  16: { layout: LAYOUTS[16], scale: 1, edge: 0 },
  22: { layout: LAYOUTS[22], scale: 1, edge: 0 },
  24: { layout: LAYOUTS[22], scale: 1, edge: 1 },
  32: { layout: LAYOUTS[16], scale: 2, edge: 0 },
  44: { layout: LAYOUTS[22], scale: 2, edge: 0 },
};

/** The number on the icon: gigabytes with one decimal below 10, none above; never more than two digits fit. */
export const badgeText = (bytes: number): string => {
  const gigabytes = Math.max(0, bytes) / 1024 ** 3;
  return gigabytes < 9.95 ? gigabytes.toFixed(1) : String(Math.min(99, Math.round(gigabytes)));
};

/** Twice as high and wide, its corners rounded by what lies beside them (Scale2x). */
const doubled = (glyph: Glyph): Glyph => {
  const at = (x: number, y: number): boolean => glyph[y]?.[x] === '#';
  return glyph.flatMap((row, y) => {
    const upper: string[] = [];
    const lower: string[] = [];
    for (let x = 0; x < row.length; x += 1) {
      const [here, up, right, left, down] = [at(x, y), at(x, y - 1), at(x + 1, y), at(x - 1, y), at(x, y + 1)];
      const corner = (one: boolean, other: boolean, across: boolean, opposite: boolean): string =>
        (one === other && one !== opposite && other !== across ? one : here) ? '#' : '.';
      upper.push(corner(left, up, right, down), corner(up, right, down, left));
      lower.push(corner(down, left, up, right), corner(right, down, left, up));
    }
    return [upper.join(''), lower.join('')];
  });
};

interface Canvas {
  readonly bitmap: Bitmap;
  /** Lays a colour over a pixel, null = takes away what is there; `cover` from 0 to 1. */
  readonly put: (x: number, y: number, colour: Colour | null, cover: number) => void;
}

const canvas = (size: number): Canvas => {
  const rgba = new Uint8Array(size * size * 4);
  const put: Canvas['put'] = (x, y, colour, cover) => {
    if (x < 0 || y < 0 || x >= size || y >= size || cover <= 0) return;
    const at = (y * size + x) * 4;
    if (colour === null) {
      rgba.fill(0, at, at + 4);
      return;
    }
    const below = (rgba[at + 3] ?? 0) / 255;
    const alpha = cover + below * (1 - cover);
    for (const [channel, value] of colour.entries())
      rgba[at + channel] = Math.round((value * cover + (rgba[at + channel] ?? 0) * below * (1 - cover)) / alpha);
    rgba[at + 3] = Math.round(alpha * 255);
  };
  return { bitmap: { size, rgba }, put };
};

const isInside = (x: number, y: number, polygon: readonly Point[]): boolean => {
  let inside = false;
  for (const [index, [x1, y1]] of polygon.entries()) {
    const [x2, y2] = polygon[(index + 1) % polygon.length] ?? [x1, y1];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
};

/** How much of a pixel a polygon covers, by 4 × 4 samples. */
const coverage = (x: number, y: number, polygon: readonly Point[]): number => {
  let hits = 0;
  for (let step = 0; step < 16; step += 1)
    if (isInside(x + ((step % 4) + 0.5) / 4, y + (Math.floor(step / 4) + 0.5) / 4, polygon)) hits += 1;
  return hits / 16;
};

/** Draws a badge for one size of icon and one kind of panel. Pure: the same input gives the same bytes. */
export const drawIcon = ({ level, text, share }: TrayBadge, size: IconSize, ink: Ink): Bitmap => {
  const { layout, scale, edge } = SIZES[size];
  const { bitmap, put } = canvas(size);
  const own = INK[ink];
  const box = (x: number, y: number, width: number, height: number, cover = 1): void => {
    for (let row = 0; row < height * scale; row += 1)
      for (let column = 0; column < width * scale; column += 1) put(edge + x * scale + column, edge + y * scale + row, own, cover);
  };
  const plate = (polygon: readonly Point[], colour: Colour): void => {
    const placed = polygon.map(([x, y]): Point => [x * scale + edge, y * scale + edge]);
    for (let y = 0; y < size; y += 1) for (let x = 0; x < size; x += 1) put(x, y, colour, coverage(x, y, placed));
  };
  const write = (top: number, colour: Colour | null, cover = 1): void => {
    const glyphs = [...text].map((sign) => layout.sheet.glyphs[sign] ?? []);
    const widths = glyphs.map((glyph) => glyph[0]?.length ?? 0);
    const total = widths.reduce((sum, width) => sum + width, 0) + Math.max(0, glyphs.length - 1);
    let left = Math.floor((size - 2 * edge - total * scale) / 2 / scale) * scale + edge;
    for (const [index, glyph] of glyphs.entries()) {
      const shape = scale === 2 ? doubled(glyph) : glyph;
      for (const [y, row] of shape.entries())
        for (let x = 0; x < row.length; x += 1) if (row[x] === '#') put(left + x, edge + top * scale + y, colour, cover);
      left += ((widths[index] ?? 0) + 1) * scale;
    }
  };

  switch (level) {
    case 'warning':
      // A template has one colour: its number is cut out of the shape.
      plate(layout.pentagon, ink === 'template' ? own : AMBER);
      write(layout.top.pentagon, ink === 'template' ? null : ON_AMBER);
      break;
    case 'danger':
      plate(layout.octagon, ink === 'template' ? own : RED);
      write(layout.top.octagon, ink === 'template' ? null : WHITE);
      break;
    case 'normal': {
      const { x, y, width, height } = layout.bar;
      write(layout.top.bare, own);
      box(x, y, width, height, TRACK);
      box(x, y, Math.min(width, Math.round((share / SHARES) * width)), height);
      break;
    }
    case 'stale':
      write(layout.top.bare, own, FADED);
      for (const x of layout.dashes) box(x, layout.bar.y, layout.dash, layout.bar.height, FADED);
      break;
    case 'paused':
      write(layout.top.bare, own);
      for (const x of layout.pauses) box(x, layout.pause.y, layout.pause.width, layout.pause.height);
      break;
  }
  return bitmap;
};
