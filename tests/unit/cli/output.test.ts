import { describe, expect, it } from 'vitest';
import { createUi, evidenceJson, exitCodeOf, fail, jsonLine, sentence, troubleJson } from '../../../src/cli/output.js';
import { createTranslate } from '../../../src/main/i18n.js';
import { fakeIo, fakeUi } from './fake-io.js';

const HOSTILE = 'a\x1b[2J\x07\x9b31m\r\nb\u202ec\u2028d\x7f';

describe('jsonLine', () => {
  it('is one line without any character that acts on a terminal, and reads back the same', () => {
    const line = jsonLine({ name: HOSTILE });
    expect(line).toBe('{"name":"a\\u001b[2J\\u0007\\u009b31m\\r\\nb\\u202ec\\u2028d\\u007f"}');
    expect(JSON.parse(line)).toEqual({ name: HOSTILE });
  });

  it('leaves other languages readable', () => expect(jsonLine('ação 日本 👍')).toBe('"ação 日本 👍"'));
});

describe('sentence', () => {
  it('cleans text values and keeps numbers', () => {
    const t = createTranslate('en');
    expect(sentence(t, 'cli.usage.notAPid', { value: 'x\x1b[2Jy\nz' })).toBe('“x␛[2Jy␊z” is no process id.');
    expect(sentence(t, 'cli.count.cores', { count: 2 })).toBe('2 cores');
  });
});

describe('evidenceJson', () => {
  it('gives the id for scripts and words for people', () => {
    expect(evidenceJson(createTranslate('en'), 'warning', [{ id: 'runningShell', values: { count: 2 }, weight: 'against' }])).toEqual([
      { id: 'runningShell', weight: 'against', message: '2 shell commands are still running in it.' },
    ]);
  });
});

describe('fail', () => {
  it('says it on stderr and nothing on stdout', () => {
    const fake = fakeUi();
    expect(fail(fake.ui, { reason: 'usage', key: 'cli.usage.notAPid', values: { value: '-1' } })).toBe(2);
    expect([fake.out(), fake.err()]).toEqual(['', 'claude-manager: “-1” is no process id.\n']);
  });

  it('says it as JSON on stdout where JSON is asked for', () => {
    const fake = fakeUi({ json: true });
    expect(fail(fake.ui, { reason: 'failed', key: 'cli.error.look', values: { error: 'boom' } })).toBe(1);
    expect([fake.out(), fake.err()]).toEqual([
      '{"version":1,"error":{"reason":"failed","id":"look","message":"The look failed: boom"}}\n',
      '',
    ]);
  });

  it('names the last part of the key', () => {
    expect(troubleJson(createTranslate('en'), { reason: 'protected', key: 'refusal.daemon' }).error.id).toBe('daemon');
  });
});

describe('exitCodeOf', () => {
  it.each([
    ['usage', 2],
    ['failed', 1],
    ['timeout', 1],
    ['gone', 3],
    ['denied', 3],
    ['protected', 3],
    ['changed', 3],
    ['cancelled', 3],
    ['expired', 3],
    ['invalid', 3],
  ] as const)('%s is %i', (reason, code) => expect(exitCodeOf(reason)).toBe(code));
});

describe('createUi', () => {
  const painted = (env: Record<string, string>, color: boolean, tty: boolean): string =>
    createUi(fakeIo({ tty, env }).io, createTranslate('en'), 'en', { json: false, color }).paint.red('x');

  it.each([
    ['on a terminal', {}, true, true, '\x1b[31mx\x1b[0m'],
    ['not into a pipe', {}, true, false, 'x'],
    ['not with --no-color', {}, false, true, 'x'],
    ['not with NO_COLOR', { NO_COLOR: '1' }, true, true, 'x'],
    ['with an empty NO_COLOR', { NO_COLOR: '' }, true, true, '\x1b[31mx\x1b[0m'],
    ['not on a dumb terminal', { TERM: 'dumb' }, true, true, 'x'],
  ] as const)('colours %s', (_, env, color, tty, text) => expect(painted(env, color, tty)).toBe(text));
});
