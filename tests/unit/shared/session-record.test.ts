import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRecordName, parseSessionRecord } from '../../../src/shared/session-record.js';
import type { SessionRecord } from '../../../src/shared/types.js';

const SOURCE = { fileName: '4711.json', ownerUid: 1000, configDir: '/home/ann/.claude' };
const ID = '0b7c1f9e-1d2a-4c3b-9e8f-123456789abc';

const full = {
  pid: 4711,
  sessionId: ID,
  cwd: '/home/ann/My.App_v2 ünï',
  startedAt: 1_783_570_706_000,
  procStart: '123456',
  version: '2.1.330',
  peerProtocol: 1,
  peerFeatures: ['a'],
  kind: 'bg',
  entrypoint: 'cli',
  pidDomain: 'linux:0123:pid:[4026531836]',
  messagingSocketPath: '/tmp/x.sock',
  name: 'fix \u202E the\nbuild',
  nameSource: 'user',
  status: 'waiting',
  waitingFor: 'permission prompt',
  statusUpdatedAt: 1_783_570_800_000,
  updatedAt: 1_783_570_900_000.5,
  jobId: '444e602a',
};
const parsed: SessionRecord = {
  pid: 4711,
  sessionId: ID,
  procStart: '123456',
  pidDomain: 'linux:0123:pid:[4026531836]',
  cwd: '/home/ann/My.App_v2 ünï',
  kind: 'bg',
  entrypoint: 'cli',
  version: '2.1.330',
  name: 'fix \u202E the\nbuild',
  status: 'waiting',
  waitingFor: 'permission prompt',
  jobId: '444e602a',
  statusSinceMs: 1_783_570_800_000,
  updatedAtMs: 1_783_570_900_000.5,
  configDir: '/home/ann/.claude',
  ownerUid: 1000,
};
const bare: SessionRecord = {
  pid: 4711,
  sessionId: ID,
  procStart: null,
  pidDomain: null,
  cwd: null,
  kind: null,
  entrypoint: null,
  version: null,
  name: null,
  status: null,
  waitingFor: null,
  jobId: null,
  statusSinceMs: null,
  updatedAtMs: null,
  configDir: '/home/ann/.claude',
  ownerUid: 1000,
};

const parse = (fields: unknown, fileName = SOURCE.fileName): SessionRecord | null =>
  parseSessionRecord(JSON.stringify(fields), { ...SOURCE, fileName });

describe('a registry record', () => {
  test('of a current version', () => {
    expect(parse(full)).toEqual(parsed);
  });

  test('of an old version', () => {
    const { pid, sessionId, cwd, startedAt, kind, entrypoint } = full;
    expect(parse({ pid, sessionId, cwd, startedAt, kind, entrypoint })).toEqual({ ...bare, cwd, kind, entrypoint });
  });

  test('counts only under the name of its own pid', () => {
    for (const fileName of [
      '4712.json',
      '04711.json',
      'pid-4711.json',
      '4711.json.tmp',
      '4711.key',
      'x4711.json',
      '4711.JSON',
      '4711.json\n',
      '-4711.json',
      '',
    ])
      expect([fileName, parse(full, fileName)]).toEqual([fileName, null]);
    expect(parse({ ...full, pid: '4711' })).toBeNull();
    expect(parse({ ...full, pid: 4711.5 })).toBeNull();
    expect(parse({ ...full, pid: 0 }, '0.json')).toBeNull();
    expect(parse({ ...full, pid: 0x80000000 }, `${0x80000000}.json`)).toBeNull();
    expect(parse({ ...full, pid: 0x7fffffff }, `${0x7fffffff}.json`)?.pid).toBe(0x7fffffff);
  });

  test('needs a session id that is one', () => {
    for (const sessionId of [
      undefined,
      null,
      5,
      '',
      'short',
      '../../../etc/passwd',
      'a b c d e f',
      'x'.repeat(65),
      `${ID}\n`,
      '--dangerously-skip-permissions',
      ['x'.repeat(10)],
    ])
      expect([sessionId, parse({ ...full, sessionId })]).toEqual([sessionId, null]);
    expect(parse({ pid: 4711, sessionId: 'a1234567' })).toEqual({ ...bare, sessionId: 'a1234567' });
  });

  test('loses the fields of a wrong type or an unknown word, and no other', () => {
    for (const wrong of [null, true, 5.5, [], {}, [ID], { toString: 'x' }]) {
      const fields = Object.fromEntries(Object.keys(full).map((name) => [name, wrong]));
      const times = wrong === 5.5 ? { statusSinceMs: 5.5, updatedAtMs: 5.5 } : {};
      expect(parse({ ...fields, pid: 4711, sessionId: ID })).toEqual({ ...bare, ...times });
    }
    expect(parse({ ...full, status: 'thinking' })).toEqual({ ...parsed, status: null });
    expect(parse({ ...full, status: 'toString' })).toEqual({ ...parsed, status: null });
    expect(parse({ ...full, jobId: '444E602A' })).toEqual({ ...parsed, jobId: null });
    expect(parse({ ...full, jobId: '444e602a; rm' })).toEqual({ ...parsed, jobId: null });
    expect(parse({ ...full, statusUpdatedAt: -1, updatedAt: 9e15 })).toEqual({ ...parsed, statusSinceMs: null, updatedAtMs: null });
    expect(parseSessionRecord(`{"pid":4711,"sessionId":"${ID}","updatedAt":1e999}`, SOURCE)).toEqual(bare);
    expect(parse({ ...full, name: '', cwd: '' })).toEqual({ ...parsed, name: null, cwd: null });
  });

  test('keeps its start stamp as text, a number too where it is exact', () => {
    expect(parse({ ...full, procStart: 123456 })).toEqual(parsed);
    expect(parse({ ...full, procStart: 2 ** 53 })).toEqual({ ...parsed, procStart: null });
  });

  test('cuts long texts between characters; a path or stamp that is too long is none', () => {
    const long = `x${'😀'.repeat(5_000)}`;
    expect(parse({ ...full, name: long, waitingFor: 'y'.repeat(4_097), cwd: `/${long}`, procStart: '1'.repeat(4_097) })).toEqual({
      ...parsed,
      name: `x${'😀'.repeat(2_047)}`,
      waitingFor: 'y'.repeat(4_096),
      cwd: null,
      procStart: null,
    });
  });

  test('gets nothing from a prototype, and gives it nothing', () => {
    const text = `{"__proto__":{"sessionId":"${ID}","status":"idle","polluted":1},"constructor":{"prototype":{"polluted":1}},"pid":4711}`;
    expect(parseSessionRecord(text, SOURCE)).toBeNull();
    expect(parseSessionRecord(text.replace('"pid"', `"sessionId":"${ID}","pid"`), SOURCE)).toEqual(bare);
    expect('polluted' in {}).toBe(false);
  });

  test('that is no JSON object is none', () => {
    const whole = JSON.stringify(full);
    for (const text of [
      '',
      '{',
      whole.slice(0, -1),
      `${whole}x`,
      'null',
      '[]',
      '"x"',
      '4711',
      `[${whole}]`,
      '\0'.repeat(60_000),
      '['.repeat(65_536),
      '{"a":'.repeat(13_000),
    ])
      expect([text.slice(0, 20), parseSessionRecord(text, SOURCE)]).toEqual([text.slice(0, 20), null]);
  });

  test('its name is told from the secret beside it', () => {
    expect(['4711.json', `4711.${'a'.repeat(64)}.key`, '4711.key', 'roster.json', '0.json'].map(isRecordName)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  test('50,000 random and mutated ones: no exception, and every field what it may be', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(...Object.values(full)),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    const fields = fc.dictionary(fc.constantFrom(...Object.keys(full), '__proto__', 'toString'), value, { noNullPrototype: true });
    const text = fc.oneof(
      { weight: 6, arbitrary: fields.map((changed) => JSON.stringify({ ...full, ...changed, pid: 4711, sessionId: ID })) },
      { weight: 3, arbitrary: fields.map((changed) => JSON.stringify({ ...full, ...changed })) },
      { weight: 1, arbitrary: fc.nat(JSON.stringify(full).length).map((end) => JSON.stringify(full).slice(0, end)) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    );
    const textOrNull = (field: unknown): boolean =>
      field === null || (typeof field === 'string' && field.length >= 1 && field.length <= 4_096);
    const timeOrNull = (field: number | null): boolean => field === null || !Number.isNaN(new Date(field).getTime());
    let accepted = 0;
    fc.assert(
      fc.property(text, (hostile) => {
        const record = parseSessionRecord(hostile, SOURCE);
        if (record === null) return;
        accepted++;
        const { pid, sessionId, status, jobId, statusSinceMs, updatedAtMs, configDir, ownerUid, ...texts } = record;
        const sane =
          pid === 4711 &&
          /^[A-Za-z0-9-]{8,64}$/.test(sessionId) &&
          [null, 'busy', 'waiting', 'idle', 'shell'].includes(status) &&
          (jobId === null || /^[0-9a-f]{8}$/.test(jobId)) &&
          [statusSinceMs, updatedAtMs].every(timeOrNull) &&
          configDir === SOURCE.configDir &&
          ownerUid === SOURCE.ownerUid &&
          Object.keys(texts).sort().join() === 'cwd,entrypoint,kind,name,pidDomain,procStart,version,waitingFor' &&
          Object.values(texts).every(textOrNull);
        if (!sane) throw new Error(JSON.stringify(record));
      }),
      { numRuns: 50_000 },
    );
    expect(accepted).toBeGreaterThan(20_000);
  }, 120_000);
});
