import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  clearLogFilter,
  NO_LOG_FILTER,
  readHead,
  readRange,
  sentFilter,
  setLogFilter,
  toggleLevel,
  useLog,
} from '../../../src/renderer/log-view.js';
import type { CommandInput, LogPage, LogRow, Result } from '../../../src/shared/api.js';

type Question = CommandInput<'readLog'>;
const row = (id: number): LogRow => ({ id, at: '', level: 'INFO', action: 'X', fields: [], line: String(id) });
const pageFor = ({ offset, limit }: Question, total: number): Result<LogPage> => ({
  ok: true,
  value: {
    rows: Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, at) => row(total - 1 - offset - at)),
    matching: total,
    total,
    counts: { SUCCESS: 0, ERROR: 0, INFO: total },
    actions: [],
    users: [],
    skipped: 0,
  },
});

let asked: Question[] = [];
let total = 1_000;
let answer: (question: Question) => Promise<Result<LogPage>>;
beforeEach(() => {
  asked = [];
  total = 1_000;
  answer = async (question) => pageFor(question, total);
  vi.stubGlobal('window', {
    claudeManager: {
      readLog: (question: Question) => {
        asked.push(question);
        return answer(question);
      },
    },
  });
  clearLogFilter();
});
afterEach(() => vi.unstubAllGlobals());

describe('the filter', () => {
  test('takes parts, and drops what is empty', () => {
    setLogFilter({ user: 'ann', text: 'x' });
    setLogFilter({ text: '', from: undefined });
    expect(useLog.getState().filter).toEqual({ user: 'ann' });
  });

  test('all three levels are as good as none', () => {
    toggleLevel('INFO');
    toggleLevel('ERROR');
    expect(useLog.getState().filter).toEqual({ levels: ['INFO', 'ERROR'] });
    toggleLevel('INFO');
    expect(useLog.getState().filter).toEqual({ levels: ['ERROR'] });
    toggleLevel('INFO');
    toggleLevel('SUCCESS');
    expect(useLog.getState().filter).toEqual(NO_LOG_FILTER);
  });

  test('is sent without blanks', () => {
    expect([sentFilter({ text: '  ' }), sentFilter({ text: ' a ', levels: ['INFO'], user: 'u' })]).toEqual([
      {},
      { text: 'a', levels: ['INFO'], user: 'u' },
    ]);
  });
});

describe('reading', () => {
  test('asks for the newest, then for what is in view, once', async () => {
    await readRange(0, 30);
    await readHead();
    expect(asked.map(({ offset, limit }) => [offset, limit])).toEqual([
      [0, 200],
      // What a scroll would come to next.
      [200, 200],
    ]);
    await readRange(500, 540);
    await readRange(510, 530);
    expect(asked.slice(2).map(({ offset, limit }) => [offset, limit])).toEqual([
      [400, 200],
      [600, 200],
    ]);
    await readRange(0, 30);
  });

  test('an answer to a filter that was changed meanwhile is dropped, and the new one is asked for', async () => {
    let release: () => void = () => undefined;
    answer = (question) =>
      question.filter.text === 'slow'
        ? new Promise((resolve) => {
            release = () => resolve(pageFor(question, 7));
          })
        : Promise.resolve(pageFor(question, 3));
    setLogFilter({ text: 'slow' });
    const first = readHead();
    setLogFilter({ text: 'quick' });
    const second = readHead();
    release();
    await Promise.all([first, second]);
    expect([useLog.getState().head?.matching, useLog.getState().pages.matching, asked.map(({ filter }) => filter.text)]).toEqual([
      3,
      3,
      ['slow', 'quick'],
    ]);
  });

  test('closes the details when the log was cut, not when it grew', async () => {
    await readHead();
    useLog.setState({ open: 5, focused: 5 });
    total = 1_010;
    await readHead();
    expect(useLog.getState().open).toBe(5);
    total = 20;
    await readHead();
    expect([useLog.getState().open, useLog.getState().focused]).toEqual([null, null]);
  });

  test('that fails is shown, and asked for no further until it works again', async () => {
    answer = async () => ({ ok: false, failure: { reason: 'denied', id: 'logNotRead' } });
    setLogFilter({ user: 'x' });
    await readHead();
    await readRange(300, 340);
    expect([useLog.getState().failure?.id, asked.length]).toEqual(['logNotRead', 1]);
    answer = async (question) => pageFor(question, total);
    await readHead();
    expect(useLog.getState().failure).toBeNull();
  });
});
