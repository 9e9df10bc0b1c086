/**
 * Where things stand in a JSON text: the line of its first mistake, and the line of each value. Without recursion, so that
 * no depth harms it; `JSON.parse` names no line, and says where it stopped in words that differ from engine to engine.
 */

export type JsonScan =
  | { readonly ok: false; readonly problem: 'syntax' | 'depth'; readonly line: number }
  /** Line of a value by its path, e.g. ['user_limits', 'ann', 'priority']; of the nearest part above it where it is not there. */
  | { readonly ok: true; readonly lineOf: (path: readonly string[]) => number };

interface Frame {
  readonly isArray: boolean;
  /** The key that is being read, or the index. */
  at: string;
  items: number;
}

/** Settings, users' rows and rules stand no deeper than this. */
const LINES_DEEP = 3;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

const pathId = (path: readonly string[]): string => JSON.stringify(path);

/** Index after the string that begins at `from`; -1 = it is none. */
const stringEnd = (text: string, from: number): number => {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return -1;
    if (code !== 0x5c) continue;
    ESCAPE.lastIndex = at;
    if (!ESCAPE.test(text)) return -1;
    at = ESCAPE.lastIndex - 1;
  }
  return -1;
};

const scalarEnd = (text: string, from: number): number => {
  if (text[from] === '"') return stringEnd(text, from);
  SCALAR.lastIndex = from;
  return SCALAR.test(text) ? SCALAR.lastIndex : -1;
};

type Next = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

/** Scans a JSON text of at most `maxDepth` levels. Accepts exactly what `JSON.parse` does. */
export const scanJson = (text: string, maxDepth: number): JsonScan => {
  const lines = new Map<string, number>();
  const stack: Frame[] = [];
  let line = 1;
  let at = 0;
  const state: { next: Next } = { next: 'value' };
  const failed = (problem: 'syntax' | 'depth'): JsonScan => ({ ok: false, problem, line });
  const note = (): void => {
    if (stack.length > 0 && stack.length <= LINES_DEEP) lines.set(pathId(stack.map((frame) => frame.at)), line);
  };
  const afterValue = (): Next => (stack.length === 0 ? 'nothing' : 'comma-or-end');

  /** One sign or one scalar; false = a mistake. */
  const step = (): boolean => {
    const frame = stack.at(-1);
    const sign = text[at] ?? '';
    if (sign === '}' || sign === ']') {
      const ends = state.next === 'comma-or-end' || (sign === ']' ? state.next === 'value-or-end' : state.next === 'key-or-end');
      if (!ends || frame === undefined || frame.isArray !== (sign === ']')) return false;
      stack.pop();
      state.next = afterValue();
    } else if (sign === ',' || sign === ':') {
      if (state.next !== (sign === ',' ? 'comma-or-end' : 'colon')) return false;
      state.next = sign === ':' || frame?.isArray ? 'value' : 'key';
    } else if (state.next === 'key' || state.next === 'key-or-end') {
      const end = sign === '"' ? stringEnd(text, at) : -1;
      if (end < 0 || frame === undefined) return false;
      frame.at = String(JSON.parse(text.slice(at, end)));
      note();
      at = end - 1;
      state.next = 'colon';
    } else if (state.next === 'value' || state.next === 'value-or-end') {
      if (frame?.isArray) {
        frame.at = String(frame.items++);
        note();
      }
      if (sign === '{' || sign === '[') {
        stack.push({ isArray: sign === '[', at: '', items: 0 });
        state.next = sign === '[' ? 'value-or-end' : 'key-or-end';
      } else {
        const end = scalarEnd(text, at);
        if (end < 0) return false;
        at = end - 1;
        state.next = afterValue();
      }
    } else return false;
    at++;
    return true;
  };

  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x0a) line++;
    if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) at++;
    else if (!step()) return failed('syntax');
    else if (stack.length > maxDepth) return failed('depth');
  }
  if (state.next !== 'nothing') return failed('syntax');
  return {
    ok: true,
    lineOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const found = lines.get(pathId(path.slice(0, length)));
        if (found !== undefined) return found;
      }
      return 1;
    },
  };
};
