import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Json, ParsedText, WrongValue } from '../shared/config-text.js';
import { MAX_CONFIG_BYTES, parseConfigText } from '../shared/config-text.js';
import { localStamp } from './action-log.js';
import { errorCode } from './paths.js';

export interface GoodFile {
  readonly kind: 'good';
  readonly text: string;
  readonly json: Json;
  readonly wrong: readonly WrongValue[];
}

export type FoundFile =
  | GoodFile
  | { readonly kind: 'missing' }
  /** It is there and is no configuration; `line` of the first mistake. */
  | { readonly kind: 'invalid'; readonly line: number | null; readonly problem: Extract<ParsedText, { ok: false }>['problem'] }
  | { readonly kind: 'unreadable'; readonly code: string };

/** The end of the file of a writer that was killed, or of a hand that slipped: what it is as a configuration. */
export const foundText = (text: string): FoundFile => {
  const parsed = parseConfigText(text);
  return parsed.ok
    ? { kind: 'good', text, json: parsed.json, wrong: parsed.wrong }
    : { kind: 'invalid', line: parsed.line, problem: parsed.problem };
};

/** A file that people may have put there, through a link even; a FIFO or a device in its place must not stop us. Reads at once. */
export const readConfigFile = (path: string): FoundFile => {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = fstatSync(descriptor);
      if (!stats.isFile()) return { kind: 'unreadable', code: 'ENOTSUP' };
      if (stats.size > MAX_CONFIG_BYTES) return { kind: 'unreadable', code: 'EFBIG' };
      return foundText(readFileSync(descriptor, 'utf8'));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' ? { kind: 'missing' } : { kind: 'unreadable', code };
  }
};

/** A name beside a corrupt file, for it to be kept under; nothing has it yet. */
export const corruptName = (path: string, nowMs: number): string => {
  const stem = `${path}.corrupt-${localStamp(nowMs).replaceAll(':', '-')}`;
  for (let number = 1; ; number++) {
    const name = number === 1 ? `${stem}.json` : `${stem}-${number}.json`;
    if (!existsSync(name)) return name;
  }
};
