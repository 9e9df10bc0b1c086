import { redactEngineArgv } from './redact-prompts.js';
import { HIDDEN, redactSlots, redactText } from './redact-secrets.js';

/** Characters that draw nothing, or that change the direction of what stands around them: they can make a text look like another. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const PLAIN = /^[ -~]*$/;

const picture = (char: string): string => {
  const code = char.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : code >= 0x2028 ? '\u2424' : '\ufffd';
};

const cut = (text: string, max: number): string => {
  if (text.length <= max) return text;
  const kept = text.slice(0, Math.max(0, max - 1));
  return (/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept) + (max > 0 ? HIDDEN : '');
};

/** Hostile text as one line to show, at most `max` UTF-16 units: controls as their pictures, what is invisible or turns the direction removed. */
export const cleanText = (text: string, max = 4096): string => {
  if (text.length <= max && PLAIN.test(text)) return text;
  // A text of megabytes is cut before it is looked at; what cleaning removes is not made up for.
  const some = text.length > max * 2 + 64 ? text.slice(0, max * 2 + 64) : text;
  return cut(some.replace(LONE_SURROGATE, '\ufffd').replace(INVISIBLE, '').replace(CONTROL, picture), max);
};

/** Command-line arguments without secrets and, for an engine, without prompts. Slots keep their number and order: the kind stays readable. */
export const redactArgv = (argv: readonly string[]): string[] => redactSlots(redactEngineArgv(argv.map(redactText)));

const quoted = (slot: string): string => (/^[\w@%+=:,./~^…-]+$/.test(slot) ? slot : `'${slot.replaceAll("'", "'\\''")}'`);

const MAX_COMMAND = 2000;

/** A redacted command line to read, one clean line of at most 2,000 characters, quoted as for a shell where that helps. */
export const displayCommand = (argv: readonly string[]): string => {
  const words: string[] = [];
  let length = 0;
  // A command line of megabytes is read no further than it is shown.
  for (const slot of redactArgv(argv.slice(0, MAX_COMMAND / 2))) {
    if (length > MAX_COMMAND) break;
    const word = quoted(cleanText(slot, MAX_COMMAND));
    words.push(word);
    length += word.length + 1;
  }
  return cut(words.join(' '), MAX_COMMAND);
};
