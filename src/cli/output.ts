import type { Translate } from '../main/i18n.js';
import type { Failure, Reason, Warning } from '../shared/api.js';
import type { Language } from '../shared/format.js';
import { cleanText } from '../shared/redact.js';
import type { Evidence, Refusal } from '../shared/types.js';
import { lastOf } from '../shared/verdict-memo.js';
import type { Io } from './io.js';
import type { ErrorJson, EvidenceJson, ReasonJson } from './json-shape.js';
import { JSON_VERSION } from './json-shape.js';

/** Done, failed, used wrongly, refused. */
export type ExitCode = 0 | 1 | 2 | 3;

const LONGEST_VALUE = 4096;

/** Colours of a terminal; each is the identity where no colour is wanted. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
}

/** What a command speaks through. */
export interface Ui {
  readonly io: Io;
  readonly t: Translate;
  readonly language: Language;
  /** Whether stdout holds JSON and nothing else. */
  readonly json: boolean;
  readonly paint: Paint;
  /** A line for people on stdout; not to be called where `json` holds. */
  readonly print: (line: string) => void;
  /** A line for people on stderr. */
  readonly note: (line: string) => void;
  /** One JSON value as one line on stdout. */
  readonly data: (value: unknown) => void;
}

/** Why a command did not do what was asked: `key` is that of the text, `id` its last part, for scripts. */
export interface Trouble {
  readonly reason: Reason | 'usage' | 'failed';
  readonly key: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** JSON as one line of plain ASCII controls only: DEL, C1 and bidi characters would act on a terminal, so they are escaped too. */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Hostile text for a line of a terminal: no control, no escape sequence, no line break. */
export const clean = (text: string): string => cleanText(text, LONGEST_VALUE);

/** A text of the locales with hostile values in it. */
export const sentence = (t: Translate, key: string, values?: Readonly<Record<string, string | number>>): string => {
  if (values === undefined) return t(key);
  return t(
    key,
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? clean(value) : value])),
  );
};

/** Evidence or a warning in words; `group` is "evidence" or "warning". */
export const evidenceText = (t: Translate, group: 'evidence' | 'warning', { id, values }: Evidence | Warning): string =>
  sentence(t, `${group}.${id}`, values);

interface Wording {
  readonly t: Translate;
  readonly group: 'evidence' | 'warning';
}
/** The same list from look to look is not put into words anew: that would cost a watch more than the look. */
const wordedEvidence = lastOf(
  (a: Wording, b: Wording) => a.t === b.t && a.group === b.group,
  (list: readonly Evidence[], { t, group }): EvidenceJson[] =>
    list.map((entry) => ({ id: entry.id, weight: entry.weight, message: evidenceText(t, group, entry) })),
);
/** Evidence as JSON carries it: for scripts by id, for people in words. */
export const evidenceJson = (t: Translate, group: Wording['group'], list: readonly Evidence[]): EvidenceJson[] =>
  wordedEvidence(list, { t, group });

/** A refusal in words. */
export const refusalText = (t: Translate, { id, values }: Refusal): string => sentence(t, `refusal.${id}`, values);

/** A refusal as JSON carries it. */
export const refusalJson = (t: Translate, refusal: Refusal): ReasonJson => ({
  reason: refusal.reason,
  id: refusal.id,
  message: refusalText(t, refusal),
});

/** Trouble as JSON carries it. */
export const troubleJson = (t: Translate, { reason, key, values }: Trouble): ErrorJson => ({
  version: JSON_VERSION,
  error: { reason, id: key.slice(key.lastIndexOf('.') + 1), message: sentence(t, key, values) },
});

/** The exit code of a reason: 3 for whatever was refused, 1 for what was tried and failed, 2 for wrong use. */
export const exitCodeOf = (reason: Trouble['reason']): ExitCode => {
  if (reason === 'usage') return 2;
  return reason === 'failed' || reason === 'timeout' ? 1 : 3;
};

/** Says what went wrong, as JSON on stdout or in words on stderr, and gives the exit code. */
export const fail = (ui: Ui, trouble: Trouble): ExitCode => {
  if (ui.json) ui.data(troubleJson(ui.t, trouble));
  else ui.note(ui.t('cli.error.line', { message: sentence(ui.t, trouble.key, trouble.values) }));
  return exitCodeOf(trouble.reason);
};

const same = (text: string): string => text;
const sgr = (code: number) => (text: string) => (text === '' ? '' : `\x1b[${code}m${text}\x1b[0m`);
const plain: Paint = { bold: same, dim: same, red: same, yellow: same, green: same };
const colours: Paint = { bold: sgr(1), dim: sgr(2), red: sgr(31), yellow: sgr(33), green: sgr(32) };

/** The voice of one run. Colour only on a terminal that has it, and not where NO_COLOR (any value but empty) or --no-color is given. */
export const createUi = (io: Io, t: Translate, language: Language, options: { json: boolean; color: boolean }): Ui => ({
  io,
  t,
  language,
  json: options.json,
  paint: options.color && io.stdout.isTty && !io.env.NO_COLOR && io.env.TERM !== 'dumb' ? colours : plain,
  print: (line) => io.stdout.write(`${line}\n`),
  note: (line) => io.stderr.write(`${line}\n`),
  data: (value) => io.stdout.write(`${jsonLine(value)}\n`),
});

/** What main could not do, as the command line's own trouble. */
export const failureTrouble = ({ reason, id, values }: Failure): Trouble => ({ reason, key: `error.${id}`, ...(values ? { values } : {}) });
