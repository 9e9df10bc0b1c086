import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createVisitGate } from '../../../src/main/visit-gate.js';

const OWN = 1000;

/** A task that answers when told to. */
const held = <T>(value: T) => {
  let release: () => void = () => undefined;
  const answer = new Promise<T>((resolve) => {
    release = () => resolve(value);
  });
  return { task: () => answer, release: () => release() };
};

const never = (): Promise<never> => new Promise(() => undefined);

describe('the gate to folders', () => {
  let nowMs = 0;
  const gate = () => createVisitGate({ selfUid: OWN, deadlineMs: 500, ownDeadlineMs: 2_000, waitMs: 1_000, clock: () => nowMs });
  const pass = async (ms: number): Promise<void> => {
    nowMs += ms;
    await vi.advanceTimersByTimeAsync(ms);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    nowMs = 0;
  });
  afterEach(() => vi.useRealTimers());

  test('answers what the task answers, and rejects as it rejects', async () => {
    const { visit } = gate();
    expect(await visit('/a', 1, async () => 'seen')).toEqual({ ok: true, value: 'seen' });
    await expect(visit('/a', 1, () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
    expect(await visit('/a', 1, async () => 'seen again')).toEqual({ ok: true, value: 'seen again' });
  });

  test('a folder that does not answer is late at its deadline, and closed until it answers', async () => {
    const { visit, hanging } = gate();
    const slow = held('late');
    let isExpired = (): boolean => false;
    const first = visit('/slow', 1, (expired) => {
      isExpired = expired;
      return slow.task();
    });
    await pass(499);
    expect([isExpired(), hanging()]).toEqual([false, 0]);
    await pass(1);
    expect(await first).toEqual({ ok: false, reason: 'timeout' });
    expect([isExpired(), hanging()]).toEqual([true, 1]);

    let touched = false;
    const touch = async () => {
      touched = true;
    };
    expect(await visit('/slow', 1, touch)).toEqual({ ok: false, reason: 'quarantined' });
    expect(await visit('/slow', OWN, touch)).toEqual({ ok: false, reason: 'quarantined' });
    expect(touched).toBe(false);

    slow.release();
    await pass(0);
    expect(hanging()).toBe(0);
    expect(await visit('/slow', 1, async () => 'well again')).toEqual({ ok: true, value: 'well again' });
  });

  test('our own folders have more time', async () => {
    const { visit } = gate();
    const own = visit('/own', OWN, never);
    let answer: unknown = 'none yet';
    void own.then((value) => {
      answer = value;
    });
    await pass(1_999);
    expect(answer).toBe('none yet');
    await pass(1);
    expect(answer).toEqual({ ok: false, reason: 'timeout' });
  });

  test('a folder that is late again and again stays closed for longer and longer; one in-time answer clears it', async () => {
    const { visit } = gate();
    const late = async (): Promise<void> => {
      const slow = held(null);
      const answer = visit('/slow', 1, slow.task);
      await pass(500);
      slow.release();
      expect(await answer).toEqual({ ok: false, reason: 'timeout' });
      await pass(0);
    };
    await late();
    await late();
    await pass(4_999);
    expect(await visit('/slow', 1, async () => 1)).toEqual({ ok: false, reason: 'quarantined' });
    await pass(1);
    await late();
    await pass(9_999);
    expect(await visit('/slow', 1, async () => 1)).toEqual({ ok: false, reason: 'quarantined' });
    await pass(1);
    expect(await visit('/slow', 1, async () => 1)).toEqual({ ok: true, value: 1 });
    await late();
    expect(await visit('/slow', 1, async () => 1)).toEqual({ ok: true, value: 1 });
  });

  test('two hung users shut out the other users at once, not us', async () => {
    const { visit, hanging } = gate();
    const hung = [visit('/a', 1, never), visit('/b', 2, never)];
    await pass(500);
    expect(await Promise.all(hung)).toEqual([
      { ok: false, reason: 'timeout' },
      { ok: false, reason: 'timeout' },
    ]);
    expect(hanging()).toBe(2);
    expect(await visit('/c', 3, async () => 'c')).toEqual({ ok: false, reason: 'busy' });
    expect(await visit('/own', OWN, async () => 'own')).toEqual({ ok: true, value: 'own' });
  });

  test('one hung user shuts out nobody but himself, however many folders he has', async () => {
    const { visit, hanging } = gate();
    const hung = ['/a', '/b', '/c'].map((folder) => visit(folder, 1, never));
    await pass(500);
    expect(await Promise.all(hung)).toEqual([
      { ok: false, reason: 'timeout' },
      { ok: false, reason: 'busy' },
      { ok: false, reason: 'busy' },
    ]);
    expect(hanging()).toBe(1);
    expect(await visit('/other', 2, async () => 'other')).toEqual({ ok: true, value: 'other' });
  });

  test('never more than three threads hang, whoever owns the folders', async () => {
    const { visit, hanging } = gate();
    const uids = [OWN, OWN, OWN, 1, 1, 2, 3, OWN, 4];
    const answers = uids.map((uid, index) => visit(`/${index}`, uid, never));
    await pass(10_000);
    expect((await Promise.all(answers)).map((answer) => !answer.ok && answer.reason)).toEqual([
      'timeout',
      'timeout',
      'busy',
      'timeout',
      'busy',
      'busy',
      'busy',
      'busy',
      'busy',
    ]);
    expect(hanging()).toBe(3);
  });

  test('who waits too long for a place is refused', async () => {
    const { visit } = createVisitGate({ selfUid: OWN, deadlineMs: 500, ownDeadlineMs: 2_000, waitMs: 100, clock: () => nowMs });
    const slow = held('in time');
    const first = visit('/a', 1, slow.task);
    const second = visit('/a', 1, async () => 'second');
    await pass(100);
    expect(await second).toEqual({ ok: false, reason: 'busy' });
    slow.release();
    expect(await first).toEqual({ ok: true, value: 'in time' });
  });

  test('a pause of our own thread alone does not make a folder late', async () => {
    const { visit } = gate();
    const slow = held('answered meanwhile');
    const answer = visit('/a', 1, slow.task);
    // Timers that became due while the thread stood still fire before the answers that came in that time.
    nowMs += 5_000;
    vi.advanceTimersToNextTimer();
    slow.release();
    expect(await answer).toEqual({ ok: true, value: 'answered meanwhile' });
  });

  test('any crowd of visits: each is answered, at most three at a time, never two in one folder', async () => {
    vi.useRealTimers();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ folder: fc.nat(5), uid: fc.constantFrom(OWN, 1, 2, 3), turns: fc.nat(4) }), { maxLength: 40 }),
        async (visits) => {
          const { visit, hanging } = createVisitGate({
            selfUid: OWN,
            deadlineMs: 60_000,
            ownDeadlineMs: 60_000,
            waitMs: 60_000,
            clock: () => 0,
          });
          const inside: string[] = [];
          let crowded = false;
          const answers = await Promise.all(
            visits.map(({ folder, uid, turns }, index) =>
              visit(`/${folder}`, uid, async () => {
                inside.push(`/${folder}`);
                crowded ||= inside.length > 3 || new Set(inside).size < inside.length;
                for (let turn = 0; turn < turns; turn++) await Promise.resolve();
                inside.splice(inside.indexOf(`/${folder}`), 1);
                return index;
              }),
            ),
          );
          expect(answers).toEqual(visits.map((_, value) => ({ ok: true, value })));
          expect([crowded, hanging()]).toEqual([false, 0]);
        },
      ),
      { numRuns: 200 },
    );
  });
});
